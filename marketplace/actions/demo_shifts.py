"""Open shifts of the demo bank, so that a visitor has something to claim: the week ahead, renewed at every start."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gigcx.accounts.models import Agent
from marketplace.actions.check_in import check_in
from marketplace.actions.claim import claim
from marketplace.actions.make_shift import make_shift, make_shifts
from marketplace.actions.shift_figures import ShiftFigures
from marketplace.models import Duty, Queue, Shift
from marketplace.vocabulary import WorkPlace

ZONE = ZoneInfo("Europe/Rome")
DAYS = 6
HOURS = ((time(8), time(12)), (time(13), time(17)), (time(17), time(21)))
QUEUES = ("savings", "accounts", "cards-lost", "mortgage")
"""Two that Ada can claim, one of a department that she is not lent to, one whose skill she lacks."""
PLACES, PAY_PER_HOUR, BONUS_PER_HOUR = 2, 1800, 250
FIRST_QUEUE = "savings"
FIRST_SHIFT, STEP, CLAIMED_BEFORE = timedelta(hours=8), timedelta(minutes=5), timedelta(hours=1)
BREAKS = (
    (timedelta(minutes=20), timedelta(minutes=15), True),
    (timedelta(hours=4), timedelta(minutes=30), False),
)
"""Of the visitor's own shift: how long after its start, how long, whether paid; the first soon enough to be seen."""
AFTER_DUTY = timedelta(hours=2)
"""A short shift right after Ada's duty: as long as the hours of a day allow."""


def open_demo_shifts(*, agent_code: str, actor: str, now: datetime) -> int:
    """Open those of the days ahead that are not there yet; how many. Nothing without the demo's queues."""
    queues = {queue.code: queue for queue in Queue.objects.filter(code__in=QUEUES, is_active=True)}
    there = set(Shift.objects.filter(created_by=actor, ends_at__gt=now).values_list("queue__code", "starts_at"))
    ends = Duty.objects.filter(agent__code=agent_code, period__contains=now).values_list("period", flat=True).first()
    wanted = [
        _figures(queues[code], start, end, number)
        for number, (code, start, end) in enumerate(_periods(now, ends.upper if ends else None))
        if code in queues and start > now and (code, start) not in there
    ]
    if wanted:
        make_shifts(wanted=wanted, open_now=True, actor=actor, now=now)
    return len(wanted)


def begin_demo_shift(*, agent_code: str, actor: str, now: datetime) -> None:
    """Let the visitor's agent be at work on a shift that she claimed an hour ago, with its breaks ahead.

    Nothing where she is on duty already, or her queue is not there.
    """
    agent = Agent.objects.get(code=agent_code)
    queue = Queue.objects.filter(code=FIRST_QUEUE, is_active=True).first()
    if queue is None or Duty.objects.filter(agent=agent, period__contains=now).exists():
        return
    start = datetime.fromtimestamp(now.timestamp() // STEP.total_seconds() * STEP.total_seconds(), UTC)
    before, breaks = start - CLAIMED_BEFORE, [_break(start, *planned) for planned in BREAKS]
    figures = replace(_figures(queue, start, start + FIRST_SHIFT, 1), places=1, breaks=breaks)
    shift = make_shift(figures=figures, open_now=True, actor=actor, now=before)
    claimed = claim(shift_id=shift.pk, agent_id=agent.pk, actor=actor, now=before)
    check_in(booking_id=claimed.booking_id, agent_id=agent.pk, actor=actor, now=start)


def _break(start: datetime, after: timedelta, lasts: timedelta, paid: bool) -> tuple[float, float, bool]:
    return (start + after).timestamp(), (start + after + lasts).timestamp(), paid


def _periods(now: datetime, duty_ends: datetime | None) -> Iterator[tuple[str, datetime, datetime]]:
    if duty_ends is not None:
        yield QUEUES[0], duty_ends, duty_ends + AFTER_DUTY
    for day in range(1, DAYS + 1):
        date = (now.astimezone(ZONE) + timedelta(days=day)).date()
        for number, (since, until) in enumerate(HOURS):
            code = QUEUES[(date.toordinal() + number) % len(QUEUES)]
            yield code, datetime.combine(date, since, ZONE), datetime.combine(date, until, ZONE)


def _figures(queue: Queue, start: datetime, end: datetime, number: int) -> ShiftFigures:
    return ShiftFigures(
        queue_id=queue.pk,
        department_id=queue.department_id,
        starts_at=start,
        ends_at=end,
        work_place=WorkPlace.HOME,
        pay_per_hour=PAY_PER_HOUR,
        places=PLACES,
        bonus_per_hour=BONUS_PER_HOUR if number % 3 == 0 else 0,
    )
