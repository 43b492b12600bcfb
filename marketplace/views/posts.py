"""A form of an agent's page: a POST that changes something of his or her own, then the page again with what came of it.

Works without script. What is refused is said in its words; what is not there is 404.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_POST

from gigcx.accounts.permissions import Predicate, allow
from marketplace.actions.refused import Refused

View = Callable[..., HttpResponse]
Before = Callable[..., None] | None


@dataclass(frozen=True, slots=True)
class Posts:
    """The forms of one page: `home` is the name of its address, `may` who may send them.

    As a decorator: the view gets `actor` and `now` and returns what to say when it is done.
    """

    home: str
    may: Predicate

    def __call__(self, view: Callable[..., str | Promise]) -> View:
        """The page's form for a view of its own."""

        @wraps(view)
        def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                said = view(request, *args, actor=request.user.ledger_name, now=timezone.now(), **kwargs)
                messages.success(request, str(said))
            except Refused as refused:
                messages.error(request, " ".join(refused.sentences))
            except ObjectDoesNotExist as missing:
                raise Http404 from missing
            return redirect(self.home)

        return allow(self.may)(require_POST(posted))

    def button(
        self, action: Callable[..., Any], said: str | Promise, *, own: bool = True, before: Before = None
    ) -> View:
        """A form that is nothing but a button: the action, with what the address names and (`own`) for the agent who is
        signed in. `before(request, **address)` raises where the sender has no business there."""

        def pressed(request: HttpRequest, *, actor: str, now: datetime, **address: Any) -> str | Promise:
            if before is not None:
                before(request, **address)
            mine = {"agent_id": request.user.agent.pk} if own else {}
            action(**address, **mine, actor=actor, now=now)
            return said

        return self(pressed)
