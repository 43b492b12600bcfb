"""A department consents to lend its people, and calls them back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from gigcx.accounts.models import Agent, AgentKind
from gigcx.ledger.keeping import keep
from gigcx.ledger.record import record
from marketplace.actions.claim import lock_calendars
from marketplace.actions.pull import HELD, pull
from marketplace.models import Booking, Lending, MarketPolicy, Shift
from marketplace.vocabulary import PullReason


@transaction.atomic(durable=True)
def set_market_policy(*, actor: str, now: datetime, **figures: Any) -> bool:
    """Change the rules of the marketplace; whether anything changed. Raises `ValidationError` by field."""
    policy = MarketPolicy.objects.select_for_update().get(pk=1)
    return keep(policy, figures=figures, kind="market_policy.changed", actor=actor, now=now)


@transaction.atomic(durable=True)
def lend(*, actor: str, now: datetime, **figures: Any) -> Lending:
    """Write a consent down: `lender`, `borrower` (None: any), `agent` (None: everybody), `period`.

    Raises `ValidationError` by field.
    """
    row = Lending()
    keep(row, figures=figures, kind="lending.agreed", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def recall(*, lending_id: int, actor: str, now: datetime) -> int:
    """End a consent now and take back the bookings ahead that rested on it alone; how many. Again, nothing.

    Whoever has checked in works to the end of the shift.
    """
    lending = Lending.objects.select_for_update().get(pk=lending_id)
    if lending.recalled_at is not None:
        return 0
    _lock_lent(lending)
    lent = _resting_on(lending, now)
    shifts = sorted(set(lent.values_list("shift_id", flat=True)))
    list(Shift.objects.filter(pk__in=shifts).order_by("pk").select_for_update().values_list("pk"))
    lending.recalled_at = now
    lending.save(update_fields=["recalled_at"])
    bookings = list(lent.filter(shift__in=shifts).order_by("pk").select_for_update(of=("self",)))
    others = list(Lending.objects.filter(lender=lending.lender, recalled_at=None))
    pulled = [booking for booking in bookings if not any(_covers(other, booking) for other in others)]
    data = {"lender": lending.lender_id, "borrower": lending.borrower_id, "agent": lending.agent_id}
    record(kind="lending.recalled", subject=f"lending:{lending.pk}", actor=actor, at=now, data=data)
    for booking in pulled:
        pull(booking, why=PullReason.RECALLED, actor=actor, now=now)
    return len(pulled)


def _lock_lent(lending: Lending) -> None:
    """None of these people claims a shift meanwhile (docs/locking.md)."""
    people = Agent.objects.filter(department=lending.lender, kind=AgentKind.INTERNAL)
    if lending.agent_id is not None:
        people = people.filter(pk=lending.agent_id)
    lock_calendars(people.values_list("pk", flat=True))


def _resting_on(lending: Lending, now: datetime) -> Any:
    """Places ahead that people of the lender hold with the borrower, in the period of the consent."""
    found = Booking.objects.filter(
        agent__department=lending.lender, agent__kind=AgentKind.INTERNAL, status__in=HELD, shift__starts_at__gt=now,
        period__overlap=lending.period,
    ).select_related("shift__queue", "agent")  # fmt: skip
    if lending.agent_id is not None:
        found = found.filter(agent=lending.agent_id)
    if lending.borrower_id is not None:
        return found.filter(Q(shift__queue__department=lending.borrower) | Q(shift__department=lending.borrower))
    home = Q(shift__queue__department=lending.lender) | Q(shift__department=lending.lender)
    return found.exclude(home)


def _covers(lending: Lending, booking: Booking) -> bool:
    """Whether this consent alone is enough for the booking."""
    owner = booking.shift.queue.department_id if booking.shift.queue else booking.shift.department_id
    who = lending.agent_id in (None, booking.agent_id)
    where = lending.borrower_id in (None, owner)
    since, until = lending.period.lower, lending.period.upper
    return who and where and since <= booking.period.lower and (until is None or booking.period.upper <= until)
