"""What allauth asks of us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Admins make accounts; nobody signs up by himself or herself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
