"""More and more of everything that a page or the API lists, for the tests that count statements."""

from datetime import time, timedelta

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gigcx.accounts.models import Agent, User
from marketplace.models import (
    Appeal,
    Availability,
    Booking,
    BusyCalendar,
    Event,
    Move,
    Objection,
    Offer,
    Queue,
    Shift,
    ShiftTemplate,
    Supply,
    Swap,
    TimeOff,
    WaitingPlace,
    WeeklyAvailability,
)
from skills.models import Skill, SkillRequest
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import make_shift

DAY = timedelta(days=1)


def one_more_of_everything(agent: Agent, queue: Queue, *, number: int, decider: User) -> None:
    """Rows number `number` around this agent and this queue; written as they are, without the rules."""
    department = queue.department
    user = User.objects.create(email=f"c{number}@example.com", name=f"C {number}", password=make_password(None))
    colleague = make_agent(queue, code=f"c{number}", user=user, department=department)
    start = NOW + number * DAY
    make_shift(queue, start=start, places=3, notes=f"Number {number}")
    make_shift(None, start=start + timedelta(hours=1), department=department, status="draft")
    make_queue(f"queue {number}", department=department)
    _bookings(agent, colleague, queue, start, number)
    _waiting(agent, colleague, queue, start)
    _own(agent, start, number, decider)
    ShiftTemplate.objects.create(
        department=department,
        name=f"Template {number}",
        queue=queue,
        starts=time(9),
        ends=time(13),
        pay_per_hour=1800,
    )
    move = Move.objects.create(agent=colleague, target=queue, status="applied", created_at=NOW, actor="matcher")
    Objection.objects.create(move=move, text=f"Number {number}", at=NOW)
    event = Event.objects.create(name=f"Event {number}", starts_at=start, ends_at=start + DAY, department=department)
    event.queues.set([queue])
    Supply.objects.create(department=department, name=f"Supply {number}", kind="internal", hourly_cost=2000 + number)


def book(shift: Shift, agent: Agent, *, status: str = "held") -> Booking:
    """A booking in this state, counted as taken."""
    Shift.objects.filter(pk=shift.pk).update(taken=shift.taken + 1)
    shift.taken += 1
    period = DateTimeTZRange(shift.starts_at, shift.ends_at)
    return Booking.objects.create(shift=shift, agent=agent, period=period, status=status, pay=shift.pay, held_at=NOW)


def _bookings(agent: Agent, colleague: Agent, queue: Queue, start, number: int) -> None:
    """Places held, swaps of them in every direction, one that was missed and is appealed."""
    held = [book(make_shift(queue, start=start + timedelta(hours=6), places=2), agent)]
    held.append(book(held[0].shift, colleague))
    held.append(book(make_shift(queue, start=start + timedelta(hours=11)), colleague))
    held.append(book(make_shift(queue, start=start + timedelta(hours=16), hours=2), agent))
    held.append(book(make_shift(queue, start=start + timedelta(hours=19), hours=2), agent))
    swap = {"asked_at": NOW, "expires_at": NOW + DAY}
    Swap.objects.create(booking=held[0], giver=agent, **swap)
    Swap.objects.create(booking=held[1], giver=colleague, colleague=agent, **swap)
    Swap.objects.create(booking=held[2], giver=colleague, **swap)
    Swap.objects.create(booking=held[3], giver=agent, colleague=colleague, status="accepted", answered_at=NOW, **swap)
    for decided in (False, True):
        before = NOW - (2 * number + decided) * DAY
        missed = book(make_shift(queue, start=before), agent, status="no_show")
        answer = {"upheld": False, "decided_at": NOW, "decided_by": "user:1"} if decided else {}
        Appeal.objects.create(booking=missed, text=f"Number {number}", made_at=NOW, **answer)


def _waiting(agent: Agent, colleague: Agent, queue: Queue, start) -> None:
    """A place in a line, and one that is kept."""
    for hours, offered in ((21, False), (22, True)):
        full = make_shift(queue, start=start + timedelta(hours=hours), hours=1)
        book(full, colleague) if not offered else Shift.objects.filter(pk=full.pk).update(taken=1)
        place = WaitingPlace.objects.create(shift=full, agent=agent, joined_at=NOW)
        if offered:
            Offer.objects.create(place=place, shift=full, agent=agent, made_at=NOW, expires_at=NOW + DAY)


def _own(agent: Agent, start, number: int, decider: User) -> None:
    """What the agent says of when and what, and asks for."""
    later = DateTimeTZRange(start + 60 * DAY, start + 61 * DAY)
    for answered in (False, True):
        answer = {"status": "granted", "answered_at": NOW, "answered_by": "user:1"} if answered else {}
        TimeOff.objects.create(agent=agent, period=later, asked_at=NOW, **answer)
        skill = Skill.objects.create(name=f"Skill {number} {answered}")
        said = {"status": "verified", "answered_at": NOW, "answered_by": decider} if answered else {}
        SkillRequest.objects.create(agent=agent, skill=skill, level=2, asked_at=NOW, **said)
    busy = BusyCalendar.objects.create(agent=agent, name=f"Calendar {number}")
    Availability.objects.create(agent=agent, kind="blackout", period=later, calendar=busy)
    Availability.objects.create(agent=agent, kind="available", period=(start, start + timedelta(hours=5)))
    WeeklyAvailability.objects.create(agent=agent, weekday=number % 7, start=time(6), end=time(6 + number))
