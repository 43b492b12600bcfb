"""The agent's pages: *Today*, what it asks for with one tap, and *Me*."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.models import Agent
from gigcx.accounts.permissions import allow
from marketplace.actions import presence
from marketplace.actions.answer import acknowledge, object_to
from marketplace.actions.check_in import check_in as check_in_to
from marketplace.queries.today import holdings
from marketplace.queries.today import today as read_today
from marketplace.queries.waiting import calling, seconds_to_minute
from marketplace.rules import may_work
from marketplace.views.broadcast import Rendered
from marketplace.views.pauses import PAUSES
from marketplace.views.taps import taps


@dataclass(frozen=True)
class Tab:
    """A page of the bottom bar; `name` is that of its address and of its icon."""

    name: str
    words: Promise


TABS = (Tab("today", _("Today")), Tab("open_shifts", _("Shifts")), Tab("calendar", _("Calendar")), Tab("me", _("Me")))
PART = "marketplace/today/now.html"


def today_context(*, agent_id: int, now: datetime) -> dict[str, Any]:
    """What the live part of the page says."""
    agent = Agent.objects.get(pk=agent_id)
    return {"today": read_today(agent=agent, now=now), "now": now, "pauses": PAUSES}


def today_state(*, agent_id: int, now: datetime) -> Rendered:
    """The live part as it is now; the position is read first, so that it includes it."""
    waits = calling(agent_id=agent_id, now=now)
    context = today_context(agent_id=agent_id, now=now) | {"calling": waits}
    html = render_to_string(PART, context).strip()
    ends = [] if waits.first_ends_at is None else [waits.first_ends_at]
    lasts = min(context["today"].lasts_seconds, seconds_to_minute(ends, now=now))
    return Rendered(position=waits.position, parts={"today": html}, lasts_seconds=lasts)


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


def _state(*, agent_id: int, now: datetime, **_: Any) -> Rendered:
    return today_state(agent_id=agent_id, now=now)


tap = taps(home="today", state=_state)


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


@tap
def check_in(_request: HttpRequest, *, booking_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Here I am: the booking becomes duty."""
    check_in_to(booking_id=booking_id, agent_id=agent_id, actor=actor, now=now)
