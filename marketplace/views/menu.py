"""What the menu of dispatchers and admins says on every page; a context processor (`gigcx/settings.py`)."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from marketplace.queries.board import department_ids_of
from marketplace.queries.open_requests import OpenRequests, open_requests
from marketplace.rules import may_see_board


def menu(request: HttpRequest) -> dict[str, object]:
    """The requests that wait for this person; read only where a page shows them."""

    def read() -> OpenRequests:
        user = getattr(request, "user", None)
        if user is None or not may_see_board(user):
            return OpenRequests()
        return open_requests(department_ids=department_ids_of(user=user), now=timezone.now())

    return {"open_requests": SimpleLazyObject(read)}
