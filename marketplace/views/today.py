"""The agent's pages: *Today*, what it asks for with one tap, and *Me*."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.models import Agent
from gigcx.accounts.permissions import allow
from marketplace.actions import presence
from marketplace.actions.answer import acknowledge, object_to
from marketplace.actions.refused import Refused
from marketplace.models import Move
from marketplace.queries.today import agent_position, holdings
from marketplace.queries.today import today as read_today
from marketplace.rules import may_work
from marketplace.views.broadcast import Rendered, squeezed
from marketplace.views.pauses import PAUSES


@dataclass(frozen=True)
class Tab:
    """A page of the bottom bar; `name` is that of its address and of its icon."""

    name: str
    words: Promise


TABS = (Tab("today", _("Today")), Tab("me", _("Me")))
PART = "marketplace/today/now.html"


def today_context(*, agent_id: int, now: datetime) -> dict[str, Any]:
    """What the live part of the page says."""
    agent = Agent.objects.get(pk=agent_id)
    return {"today": read_today(agent=agent, now=now), "now": now, "pauses": PAUSES}


def today_state(*, agent_id: int, now: datetime) -> Rendered:
    """The live part as it is now; the position is read first, so that it includes it."""
    position = agent_position(agent_id=agent_id)
    html = render_to_string(PART, today_context(agent_id=agent_id, now=now)).strip()
    return Rendered(position=position, parts={"today": html})


@never_cache
@allow(may_work)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    state = today_state(agent_id=request.user.agent.pk, now=timezone.now())
    return render(request, "marketplace/today/page.html", {"state": state, "page": "today", "tabs": TABS})


@never_cache
@allow(may_work)
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Who the agent is to us: name, zone, skills and certifications with their ends, the look of the pages."""
    context = {"agent": request.user.agent, "holdings": holdings(agent=request.user.agent, now=timezone.now())}
    return render(request, "marketplace/today/me.html", context | {"page": "me", "tabs": TABS})


def tap(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """One tap of an agent: by POST only, for the agent's own row, answered with the page as it now is."""

    @wraps(view)
    def tapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        agent_id = request.user.agent.pk
        refusals: list[str] = []
        try:
            view(request, *args, agent_id=agent_id, actor=request.user.ledger_name, now=timezone.now(), **kwargs)
        except Refused as refused:
            refusals = refused.sentences
        except Move.DoesNotExist as missing:
            raise Http404 from missing
        if not request.htmx:
            return redirect("today")
        context = {"parts": today_state(agent_id=agent_id, now=timezone.now()).parts, "refusals": refusals}
        response = render(request, "marketplace/live/answer.html", context, status=409 if refusals else 200)
        response.content = squeezed(response.content.decode()).encode()
        return response

    return allow(may_work)(require_POST(tapped))


@tap
def ready(_request: HttpRequest, *, agent_id: int, actor: str, now: datetime) -> None:
    """Give me contacts."""
    presence.ready(agent_id=agent_id, actor=actor, now=now)


@tap
def pause(request: HttpRequest, *, agent_id: int, actor: str, now: datetime) -> None:
    """A break, after the contact in hand."""
    reason = request.POST.get("reason", "")
    presence.pause(agent_id=agent_id, reason=reason if reason in PAUSES else "break", actor=actor, now=now)


@tap
def sign_off(_request: HttpRequest, *, agent_id: int, actor: str, now: datetime) -> None:
    """The end of duty, now."""
    presence.sign_off(agent_id=agent_id, actor=actor, now=now)


@tap
def sign_on(_request: HttpRequest, *, agent_id: int, actor: str, now: datetime) -> None:
    """On with a duty that was signed off."""
    presence.sign_on(agent_id=agent_id, actor=actor, now=now)


@tap
def got_it(_request: HttpRequest, *, move_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """The move was read."""
    acknowledge(move_id=move_id, agent_id=agent_id, actor=actor, now=now)


@tap
def object_to_move(request: HttpRequest, *, move_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """No to a move, with the reason; a dispatcher hears it."""
    text = request.POST.get("text", "").strip()
    object_to(move_id=move_id, agent_id=agent_id, text=text, actor=actor, now=now)
