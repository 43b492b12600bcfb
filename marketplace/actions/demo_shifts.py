"""Open shifts of the demo bank, so that a visitor has something to claim: the week ahead, renewed at every start."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.actions.make_shift import make_shifts
from marketplace.actions.shift_figures import ShiftFigures
from marketplace.models import Duty, Queue, Shift
from marketplace.vocabulary import WorkPlace

ZONE = ZoneInfo("Europe/Rome")
DAYS = 6
HOURS = ((time(8), time(12)), (time(13), time(17)), (time(17), time(21)))
QUEUES = ("savings", "accounts", "cards-lost", "mortgage")
"""Two that Ada can claim, one of a department that she is not lent to, one whose skill she lacks."""
PLACES, PAY_PER_HOUR, BONUS_PER_HOUR = 2, 1800, 250
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
