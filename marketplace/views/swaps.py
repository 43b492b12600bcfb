"""Swaps: an agent hands a shift to a colleague; a dispatcher sees both sides before → after and decides."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.permissions import allow
from marketplace.actions import decide_swap
from marketplace.actions import swap as swapping
from marketplace.models import Booking, Swap
from marketplace.queries.board import department_ids_of
from marketplace.queries.swaps import awaiting, colleagues_for, sides
from marketplace.rules import may_see_board, may_work
from marketplace.views.posts import posts
from marketplace.views.today import TABS
from marketplace.vocabulary import BookingState, SwapState

LONGEST_NOTE = 200
post = posts(home="offers", may=may_work)
decision = posts(home="swaps", may=may_see_board)


@never_cache
@allow(may_work)
@require_safe
def new_swap(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Whom to ask: everyone, or one of those whom the rules let take it."""
    held = Booking.objects.select_related("agent", "shift__queue", "shift__department", "shift__site")
    booking = held.filter(pk=booking_id, agent=request.user.agent, status=BookingState.HELD).first()
    if booking is None:
        raise Http404
    now, text = timezone.now(), request.GET.get("name", "").strip()[:60]
    context = {"booking": booking, "text": text, "colleagues": colleagues_for(booking=booking, text=text, now=now)}
    return render(request, "marketplace/swaps/new.html", context | {"now": now, "page": "open_shifts", "tabs": TABS})


@post
def ask_swap(request: HttpRequest, booking_id: int, *, actor: str, now: datetime) -> str:
    """Ask a colleague by name, or everyone who can."""
    colleague, wants = (_number(request.POST.get(name, "")) for name in ("colleague", "wants"))
    swapping.ask_swap(
        booking_id=booking_id, agent_id=request.user.agent.pk, colleague_id=colleague, wants_id=wants,
        note=request.POST.get("note", "").strip()[:LONGEST_NOTE], actor=actor, now=now,
    )  # fmt: skip
    return _("Asked. The shift stays yours until somebody takes it over.")


@post
def accept_swap(request: HttpRequest, swap_id: int, *, actor: str, now: datetime) -> str:
    """Say yes."""
    done = swapping.accept_swap(swap_id=swap_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    if done.status == SwapState.DONE:
        return _("Done: the shift is yours.")
    return _("Agreed. A dispatcher has the last word; until then nothing changes.")


@post
def decline_swap(request: HttpRequest, swap_id: int, *, actor: str, now: datetime) -> str:
    """Say no."""
    swapping.decline_swap(swap_id=swap_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    return _("Declined. Nothing changes.")


@post
def withdraw_swap(request: HttpRequest, swap_id: int, *, actor: str, now: datetime) -> str:
    """Keep the shift."""
    swapping.withdraw_swap(swap_id=swap_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    return _("Withdrawn: you keep the shift.")


@never_cache
@allow(may_see_board)
@require_safe
def swaps(request: HttpRequest) -> HttpResponse:
    """Swaps that wait for a dispatcher."""
    found = awaiting(department_ids=department_ids_of(user=request.user), now=timezone.now())
    lines = [{"swap": swap, "sides": sides(swap)} for swap in found]
    return render(request, "marketplace/swaps/page.html", {"lines": lines})


@decision
def approve(request: HttpRequest, swap_id: int, *, actor: str, now: datetime) -> str:
    """The dispatcher's yes."""
    decide_swap.approve_swap(swap_id=_before(request.user, swap_id, now=now), actor=actor, now=now)
    return _("Approved: the shifts have changed hands.")


@decision
def reject(request: HttpRequest, swap_id: int, *, actor: str, now: datetime) -> str:
    """The dispatcher's no."""
    decide_swap.reject_swap(swap_id=_before(request.user, swap_id, now=now), actor=actor, now=now)
    return _("Rejected: everyone keeps what they hold.")


def _before(user: Any, swap_id: int, *, now: datetime) -> int:
    """The swap, if it waits for this person. Raises `Swap.DoesNotExist`."""
    if swap_id not in {swap.pk for swap in awaiting(department_ids=department_ids_of(user=user), now=now)}:
        raise Swap.DoesNotExist
    return swap_id


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None
