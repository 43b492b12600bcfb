"""`/offers/`: what an agent is asked and waits for: places kept, swaps, waiting lists, draws."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.permissions import allow
from marketplace.actions import ask as asking
from marketplace.actions import waiting
from marketplace.queries import swaps
from marketplace.queries.bookings import bookings_of
from marketplace.queries.waiting import draw_for, line_of, offers_to
from marketplace.rules import may_work
from marketplace.views.posts import posts
from marketplace.views.today import TABS
from marketplace.vocabulary import BookingState

post = posts(home="offers", may=may_work)


@never_cache
@allow(may_work)
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    agent_id, now = request.user.agent.pk, timezone.now()
    mine, kept = bookings_of(agent_id=agent_id, now=now), offers_to(agent_id=agent_id, now=now)
    offered = {offer.shift_id for offer in kept}
    context = {
        "offers": kept,
        "asked": swaps.asked_of(agent_id=agent_id, now=now),
        "given": swaps.given_by(agent_id=agent_id, now=now),
        "open_swaps": swaps.open_to(agent_id=agent_id, now=now),
        "line": [place for place in line_of(agent_id=agent_id, now=now) if place.shift_id not in offered],
        "requests": [one for one in mine if one.booking.status == BookingState.REQUESTED],
    }
    empty = not any(context.values())
    return render(
        request,
        "marketplace/offers/page.html",
        context | {"empty": empty, "now": now, "page": "open_shifts", "tabs": TABS},
    )


@post
def accept(request: HttpRequest, offer_id: int, *, actor: str, now: datetime) -> str:
    """Take the place that was kept."""
    waiting.accept_offer(offer_id=offer_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    return _("The shift is yours.")


@post
def decline(request: HttpRequest, offer_id: int, *, actor: str, now: datetime) -> str:
    """No to the shift."""
    waiting.decline_offer(offer_id=offer_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    return _("Noted. This shift is not offered to you again.")


@post
def wait(request: HttpRequest, shift_id: int, *, actor: str, now: datetime) -> str:
    """Join the line for a full shift."""
    waiting.join_waiting(shift_id=shift_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    return _("You are on the waiting list. When a place is free and it is your turn, it is kept for you.")


@post
def leave(request: HttpRequest, shift_id: int, *, actor: str, now: datetime) -> str:
    """Leave the line."""
    waiting.leave_waiting(shift_id=shift_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    return _("You do not wait for this shift any more.")


@post
def ask(request: HttpRequest, shift_id: int, *, actor: str, now: datetime) -> str:
    """Ask for a place in a draw."""
    asking.ask_for_place(shift_id=shift_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    return _("You have asked for a place. When you ask makes no difference: the draw decides.")


@post
def withdraw(request: HttpRequest, booking_id: int, *, actor: str, now: datetime) -> str:
    """Ask no more."""
    asking.withdraw_request(booking_id=booking_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    return _("Withdrawn: you are not in this draw.")


@never_cache
@allow(may_work)
@require_safe
def draw(request: HttpRequest, shift_id: int) -> HttpResponse:
    """How a draw came out, for those who asked in it."""
    found = draw_for(shift_id=shift_id, agent_id=request.user.agent.pk)
    if found is None:
        raise Http404
    tickets = set(found.shift.bookings.filter(agent=request.user.agent).values_list("pk", flat=True))
    context = {"draw": found, "mine": tickets, "page": "open_shifts", "tabs": TABS}
    return render(request, "marketplace/offers/draw.html", context)
