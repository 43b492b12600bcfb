"""Swaps: an agent hands a shift to a colleague; a dispatcher sees both sides before → after and decides."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.permissions import allow
from marketplace.actions import decide_swap
from marketplace.actions import swap as swapping
from marketplace.models import Booking, Swap
from marketplace.queries.board import department_ids_of
from marketplace.queries.swaps import awaiting, colleagues_for, open_to, returns_for, sides, unanswered
from marketplace.rules import may_see_board, may_work
from marketplace.views.posts import Posts
from marketplace.views.said import number_of
from marketplace.views.today import TABS
from marketplace.vocabulary import BookingState, SwapState

LONGEST_NOTE = 200
post = Posts(home="offers", may=may_work)
decision = Posts(home="swaps", may=may_see_board)


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
    colleague, wants = (number_of(request.POST.get(name, "")) for name in ("colleague", "wants"))
    in_return = colleague is None and bool(request.POST.get("return"))
    swapping.ask_swap(
        booking_id=booking_id, agent_id=request.user.agent.pk, colleague_id=colleague, wants_id=wants,
        in_return=in_return, note=request.POST.get("note", "").strip()[:LONGEST_NOTE], actor=actor, now=now,
    )  # fmt: skip
    return _("Asked. The shift stays yours until somebody says yes.")


@never_cache
@allow(may_work)
@require_safe
def swap_return(request: HttpRequest, swap_id: int) -> HttpResponse:
    """Which of my own shifts I could give for one that a colleague gives away in return for another."""
    agent_id, now = request.user.agent.pk, timezone.now()
    swap = next((one for one in open_to(agent_id=agent_id, now=now) if one.pk == swap_id and one.in_return), None)
    if swap is None:
        raise Http404
    context = {"swap": swap, "bookings": returns_for(swap=swap, agent_id=agent_id, now=now)}
    return render(request, "marketplace/swaps/return.html", context | {"now": now, "page": "open_shifts", "tabs": TABS})


@post
def accept_swap(request: HttpRequest, swap_id: int, *, actor: str, now: datetime) -> str:
    """Say yes."""
    done = swapping.accept_swap(swap_id=swap_id, agent_id=request.user.agent.pk, actor=actor, now=now)
    if done.status == SwapState.DONE:
        return _("Done: you have swapped.") if done.wants_id else _("Done: the shift is yours.")
    return _("Agreed. A dispatcher has the last word; until then nothing changes.")


decline_swap = post.button(swapping.decline_swap, gettext_lazy("Declined. Nothing changes."))
withdraw_swap = post.button(swapping.withdraw_swap, gettext_lazy("Withdrawn: you keep the shift."))


@never_cache
@allow(may_see_board)
@require_safe
def swaps(request: HttpRequest) -> HttpResponse:
    """Swaps that wait for a dispatcher, and those that wait for a colleague."""
    own, now = department_ids_of(user=request.user), timezone.now()
    found = awaiting(department_ids=own, now=now)
    people = sides(found)
    lines = [{"swap": swap, "sides": people[swap.pk]} for swap in found]
    context = {"lines": lines, "unanswered": unanswered(department_ids=own, now=now), "now": now}
    return render(request, "marketplace/swaps/page.html", context)


def _check_awaits(request: HttpRequest, *, swap_id: int) -> None:
    """Raises `Swap.DoesNotExist` for a swap that does not wait for this person."""
    seen = awaiting(department_ids=department_ids_of(user=request.user), now=timezone.now())
    if swap_id not in {swap.pk for swap in seen}:
        raise Swap.DoesNotExist


approve = decision.button(
    decide_swap.approve_swap, gettext_lazy("Approved: the shifts have changed hands."), own=False, before=_check_awaits
)
reject = decision.button(
    decide_swap.reject_swap, gettext_lazy("Rejected: everyone keeps what they hold."), own=False, before=_check_awaits
)
