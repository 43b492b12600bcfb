"""What admins keep and whoever may read forecasts reads: known events, supplies."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from gigcx.accounts.models import Scope
from gigcx.accounts.permissions import by, scoped
from gigcx.problems import Problem
from marketplace.api.acting import CONFLICT, acted
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


def kept(action: Callable[..., Any], request: Request, **which: Any) -> Any:
    """What an action of the admin pages gives; what it refuses as a problem.

    409 where somebody else's change, made at the same moment, leaves no room for this one: the same name, or a queue
    that is gone.
    """
    try:
        return acted(action, request, own=False, **which)
    except IntegrityError:
        detail = _("Somebody changed this at the same moment. Look at it and save again.")
        raise Problem(status=CONFLICT, code="changed_meanwhile", detail=detail) from None
