"""One tap of an agent: a POST that changes something of his or her own, answered with the page as it now is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from gigcx.accounts.permissions import allow
from marketplace.actions.refused import Refused
from marketplace.rules import may_work
from marketplace.views.broadcast import Rendered, squeezed

View = Callable[..., HttpResponse]


def taps(*, home: str, state: Callable[..., Rendered]) -> Callable[[Callable[..., Any]], View]:
    """Decorators for the taps of one page: `home` is the name of its address, `state(request=, agent_id=, now=)` gives
    its live parts.

    The tap itself is called with `agent_id`, `actor` and `now`, and may return a word for what is to be said (see
    `live/said.html`) where the page itself does not show it; what it refuses is told, what is not there is 404.
    """

    def tap(view: Callable[..., Any]) -> View:
        @wraps(view)
        def tapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            agent_id, actor = request.user.agent.pk, request.user.ledger_name
            refusals: list[str] = []
            said = None
            try:
                said = view(request, *args, agent_id=agent_id, actor=actor, now=timezone.now(), **kwargs)
            except Refused as refused:
                refusals = refused.sentences
            except ObjectDoesNotExist as missing:
                raise Http404 from missing
            if not request.htmx:
                return redirect(home)
            rendered = state(request=request, agent_id=agent_id, now=timezone.now())
            return answer(request, rendered, refusals=refusals, said=said)

        return allow(may_work)(require_POST(tapped))

    return tap


def answer(request: HttpRequest, rendered: Rendered, **said: Any) -> HttpResponse:
    """The page's parts as they now are, and what is to be said: `refusals`, or `reasons` on a sheet of their own."""
    refused = bool(said.get("refusals") or said.get("reasons"))
    context = {"parts": rendered.parts, **said}
    response = render(request, "marketplace/live/answer.html", context, status=409 if refused else 200)
    response.content = squeezed(response.content.decode()).encode()
    return response
