"""Breaks of a shift, planned and taken, as whoever works it, plans it or moves people sees them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, inf

from django.db import connection

from gigcx.database.prepared import prepared
from marketplace.claiming.breaks import BreakLine, Pause, side_by_side
from marketplace.models import Booking, Duty
from marketplace.models import Pause as PauseRow

MINUTE = 60.0
PAUSES = """(SELECT json_agg(json_build_array(extract(epoch FROM lower(p.period))::float8,
    extract(epoch FROM upper(p.period))::float8, p.reason)) FROM marketplace_pause p WHERE p.duty_id = d.id)"""
"""The pauses of a duty `d`."""
OF_DUTY = f"""
SELECT (SELECT s.breaks::json FROM marketplace_booking b JOIN marketplace_shift s ON s.id = b.shift_id
    WHERE b.duty_id = d.id), {PAUSES} FROM marketplace_duty d WHERE d.id = %s
"""
NEAR = f"""
WITH due AS MATERIALIZED (
  SELECT s.id, s.breaks::json AS breaks FROM marketplace_shift s
  WHERE s.status <> 'cancelled' AND tstzrange(s.starts_at, s.ends_at, '[)') @> %(now)s AND s.breaks <> '[]'
    AND EXISTS (SELECT FROM jsonb_array_elements(s.breaks) AS e
      WHERE (e->>0)::float8 < %(until)s AND (e->>1)::float8 > %(instant)s))
SELECT b.agent_id, s.breaks, {PAUSES} FROM due s
JOIN marketplace_booking b ON b.shift_id = s.id JOIN marketplace_duty d ON d.id = b.duty_id
WHERE b.status = 'checked_in'
"""
"""The few shifts first whose break is due: found by period, whatever the number of shifts ahead."""


@dataclass(frozen=True, slots=True)
class ShiftBreak:
    """A break as of `now`: planned `[start, end)`, taken, or both."""

    line: BreakLine
    now: datetime

    @property
    def planned(self) -> bool:
        """The shift plans it."""
        return self.line.planned is not None

    @property
    def start(self) -> datetime:
        """As planned, else as it was taken."""
        return _instant(self.line.start)

    @property
    def end(self) -> datetime | None:
        """As planned."""
        return _instant(self.line.planned[1]) if self.line.planned else None

    @property
    def paid(self) -> bool:
        """What nobody planned costs the agent nothing."""
        return self.line.planned is None or self.line.planned[2]

    @property
    def taken(self) -> list[tuple[datetime, datetime | None]]:
        """When it was taken; without an end it still lasts."""
        return [
            (_instant(pause.start), None if pause.end is None else _instant(pause.end)) for pause in self.line.taken
        ]

    @property
    def due(self) -> bool:
        """It is time to take it."""
        planned = self.line.planned
        return planned is not None and not self.line.taken and planned[0] <= self.now.timestamp() < planned[1]

    @property
    def missed(self) -> bool:
        """Its time is over, and it was not taken."""
        planned = self.line.planned
        return planned is not None and not self.line.taken and planned[1] <= self.now.timestamp()

    @property
    def back_at(self) -> datetime | None:
        """When a planned break that is under way has lasted as long as was planned."""
        planned, lasts = self.line.planned, self.line.lasts
        if planned is None or lasts is None:
            return None
        rested = sum(pause.end - pause.start for pause in self.line.taken if pause.end is not None)
        return _instant(lasts.start + max(0.0, planned[1] - planned[0] - rested))

    @property
    def minutes_left(self) -> int:
        """Of a planned break that is under way; begun ones included."""
        back_at = self.back_at
        return max(0, ceil((back_at - self.now).total_seconds() / MINUTE)) if back_at else 0

    @property
    def lasts_seconds(self) -> float:
        """How long all this stays true if nothing happens."""
        left = self.back_at - self.now if self.back_at else timedelta(0)
        if left > timedelta(0):
            return left.total_seconds() % MINUTE or MINUTE
        turns = self.line.planned[:2] if self.line.planned and not self.line.taken else ()
        return min((at - self.now.timestamp() for at in turns if at > self.now.timestamp()), default=inf)


def breaks_of(*, duty: Duty | None, now: datetime) -> list[ShiftBreak]:
    """The breaks of a duty: those that its shift plans (a roster's duty plans none) and those taken. One statement."""
    if duty is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OF_DUTY, [duty.pk])
        planned, pauses = cursor.fetchone() or (None, None)
    return _shown(planned or (), as_pauses(pauses), now=now)


def breaks_of_bookings(bookings: Iterable[Booking], *, now: datetime) -> dict[int, list[ShiftBreak]]:
    """The breaks of each booking, by its id; one statement where shifts are there already, none before anybody came."""
    found = list(bookings)
    pauses = _pauses([booking.duty_id for booking in found if booking.duty_id is not None])
    return {
        booking.pk: _shown(booking.shift.breaks, pauses.get(booking.duty_id or 0, ()), now=now) for booking in found
    }


def breaks_near(*, seconds: float, now: datetime) -> dict[int, int]:
    """For each agent at work whose planned break is due or begins within so many seconds, and was not taken: when it
    begins, in seconds since the epoch. One statement."""
    instant = now.timestamp()
    rows = prepared(NEAR, {"now": now, "instant": instant, "until": instant + seconds})
    near: dict[int, int] = {}
    for agent, planned, pauses in rows:
        lines = side_by_side(as_breaks(planned), as_pauses(pauses))
        begins = [one.planned[0] for one in lines if one.planned and not one.taken and one.planned[1] > instant]
        if begins and min(begins) < instant + seconds:
            near[agent] = int(min(begins))
    return near


def as_breaks(planned: Iterable[Iterable[object]]) -> list[tuple[float, float, bool]]:
    """A shift's breaks as the rules want them."""
    return [(float(begin), float(stop), bool(paid)) for begin, stop, paid in planned]  # type: ignore[arg-type]  # JSON has numbers here


def as_pauses(rows: Iterable[tuple[float, float | None, str]] | None) -> list[Pause]:
    """Pauses as `PAUSES` reads them."""
    return [Pause(*row) for row in rows or ()]


def _shown(planned: Iterable[Iterable[object]], pauses: Iterable[Pause], *, now: datetime) -> list[ShiftBreak]:
    return [ShiftBreak(line=line, now=now) for line in side_by_side(as_breaks(planned), pauses)]


def _pauses(duty_ids: Collection[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = {}
    if not duty_ids:
        return found
    rows = PauseRow.objects.filter(duty__in=duty_ids).order_by("period")
    for duty_id, period, reason in rows.values_list("duty_id", "period", "reason"):
        until = None if period.upper is None else period.upper.timestamp()
        found.setdefault(duty_id, []).append(Pause(period.lower.timestamp(), until, reason))
    return found


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
