"""The permission mechanism: predicates on a caller, and their use in views and the API.

Which predicate guards what is a table above (`marketplace.rules`); nothing is open unless a rule opens it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from gigcx.accounts.models import Role, Token

Predicate = Callable[[Any], bool]


def is_admin(user: Any) -> bool:
    """An active admin."""
    return user.is_authenticated and user.is_active and user.role == Role.ADMIN


def is_dispatcher(user: Any) -> bool:
    """An active dispatcher, or an admin."""
    return user.is_authenticated and user.is_active and user.role in {Role.DISPATCHER, Role.ADMIN}


def is_agent(user: Any) -> bool:
    """An active user who is an agent."""
    return user.is_authenticated and user.is_active and hasattr(user, "agent")


def may_dispatch(user: Any, department_id: int) -> bool:
    """Whether this person dispatches for the department; admins do for all."""
    return is_admin(user) or (is_dispatcher(user) and user.departments.filter(pk=department_id).exists())


def allow(predicate: Predicate) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guard a page: whoever is not signed in goes to sign-in, whoever may not gets 403."""

    def check(request: HttpRequest, user: Any) -> HttpResponseBase | None:
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not predicate(user):
            raise PermissionDenied
        return None

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        if iscoroutinefunction(view):

            @wraps(view)
            async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                return check(request, await request.auser()) or await view(request, *args, **kwargs)

            guarded: Callable[..., Any] = guarded_async
        else:

            @wraps(view)
            def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                return check(request, request.user) or view(request, *args, **kwargs)

        guarded.allowed = predicate  # type: ignore[attr-defined]
        return guarded

    return decorate


class DenyAll(BasePermission):
    """The default of the API: nobody, until a view names its rule."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Never."""
        return False


def scoped(scope: str) -> type[BasePermission]:
    """A permission for callers with a token of that scope."""

    class Scoped(BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            return isinstance(request.auth, Token) and scope in request.auth.scopes

    Scoped.__name__ = Scoped.__qualname__ = f"Scoped_{scope}"
    return Scoped


def by(predicate: Predicate) -> type[BasePermission]:
    """A permission for signed-in people whom the predicate admits."""

    class By(BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            return predicate(request.user)

    By.__name__ = By.__qualname__ = f"By_{predicate.__name__}"
    return By
