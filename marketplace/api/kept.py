"""What admins keep and whoever may read forecasts reads: known events, supplies."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView

from gigcx.accounts.models import Scope
from gigcx.accounts.permissions import by, scoped
from marketplace.rules import may_administer, may_see_board

READERS: Any = [by(may_see_board) | scoped(Scope.FORECAST)]
KEEPERS: Any = [by(may_administer)]


class KeptView(APIView):
    """Reads are for READERS, everything else is for KEEPERS."""

    permission_classes = KEEPERS

    def get_permissions(self) -> Any:
        """By what is asked for."""
        if self.request.method in SAFE_METHODS:
            self.permission_classes = READERS
        return super().get_permissions()
