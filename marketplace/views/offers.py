"""`/offers/`: what an agent is asked and waits for: places kept, swaps, waiting lists, draws."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.permissions import allow
from marketplace.actions import ask as asking
from marketplace.actions import waiting
from marketplace.queries import swaps
from marketplace.queries.board import ledger_position
from marketplace.queries.bookings import bookings_of
from marketplace.queries.reasons import Speaker
from marketplace.queries.waiting import against_waiting, draw_for, line_of, offers_to, seconds_to_minute
from marketplace.rules import may_work
from marketplace.views.broadcast import Rendered
from marketplace.views.posts import Posts
from marketplace.views.today import TABS
from marketplace.views.ways_out import told
from marketplace.vocabulary import BookingState

post = Posts(home="offers", may=may_work)


def offers_state(*, agent_id: int, now: datetime) -> Rendered:
    """The live part of the page; the position is read first, so that it includes it."""
    position, context = ledger_position(), _context(agent_id, now=now)
    html = get_template("marketplace/offers/list.html").render(context).strip()
    return Rendered(position=position, parts={"offers": html}, lasts_seconds=_lasts(context, now=now))


@never_cache
@allow(may_work)
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    state = offers_state(agent_id=request.user.agent.pk, now=timezone.now())
    return render(request, "marketplace/offers/page.html", {"state": state, "page": "open_shifts", "tabs": TABS})


def _context(agent_id: int, *, now: datetime) -> dict[str, Any]:
    mine, kept = bookings_of(agent_id=agent_id, now=now), offers_to(agent_id=agent_id, now=now)
    offered = {offer.shift_id for offer in kept}
    line = [place for place in line_of(agent_id=agent_id, now=now) if place.shift_id not in offered]
    against, speaker = against_waiting(places=line, agent_id=agent_id, now=now), Speaker()
    lists = {
        "offers": kept,
        "asked": swaps.asked_of(agent_id=agent_id, now=now),
        "given": swaps.given_by(agent_id=agent_id, now=now),
        "open_swaps": swaps.open_to(agent_id=agent_id, now=now),
        "line": [(place, [told(reason, speaker) for reason in against[place.shift_id]]) for place in line],
        "requests": [one for one in mine if one.booking.status == BookingState.REQUESTED],
    }
    settled = swaps.settled_with(agent_id=agent_id, now=now)
    return {**lists, "settled": settled, "agent_id": agent_id, "empty": not any(lists.values()), "now": now}


def _lasts(context: dict[str, Any], *, now: datetime) -> float:
    """How long the page stays true: minutes left are counted down, and what ends goes."""
    ends = [swap.expires_at for name in ("asked", "given", "open_swaps") for swap in context[name]]
    ends += [swap.booking.period.lower for swap in context["settled"]]
    ends += [place.shift.starts_at for place, _reasons in context["line"]]
    ends += [one.booking.shift.draw_until for one in context["requests"]]
    ahead = [(end - now).total_seconds() for end in ends if end and end > now]
    return min([*ahead, seconds_to_minute([offer.expires_at for offer in context["offers"]], now=now)])


accept = post.button(waiting.accept_offer, _("The shift is yours."))
decline = post.button(waiting.decline_offer, _("Noted. This shift is not offered to you again."))
wait = post.button(
    waiting.join_waiting,
    _("You are on the waiting list. When a place is free and it is your turn, it is kept for you."),
)
leave = post.button(waiting.leave_waiting, _("You do not wait for this shift any more."))
ask = post.button(
    asking.ask_for_place, _("You have asked for a place. When you ask makes no difference: the draw decides.")
)
withdraw = post.button(asking.withdraw_request, _("Withdrawn: you are not in this draw."))


@never_cache
@allow(may_work)
@require_safe
def draw(request: HttpRequest, shift_id: int) -> HttpResponse:
    """How a draw came out, for those who asked in it."""
    found = draw_for(shift_id=shift_id, agent_id=request.user.agent.pk)
    if found is None:
        raise Http404
    tickets = found.shift.bookings.filter(agent=request.user.agent).order_by("-pk").values_list("pk", flat=True)
    context = {"draw": found, "mine": list(tickets), "page": "open_shifts", "tabs": TABS}
    return render(request, "marketplace/offers/draw.html", context)
