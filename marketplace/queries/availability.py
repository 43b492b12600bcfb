"""When agents can work: what they offer less what they keep free, for many at once (for one: `wishes`)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from marketplace.claiming.hours import DAY, Period
from marketplace.claiming.readings import covered
from marketplace.claiming.weekly import Weekly, offered
from marketplace.models import Availability, WeeklyAvailability
from marketplace.vocabulary import AvailabilityKind

WEEKLY = """
SELECT a.timezone, w.weekday, w.start, w."end", w.since, w.until, array_agg(w.agent_id)
FROM marketplace_weeklyavailability w JOIN accounts_agent a ON a.id = w.agent_id
WHERE w.weekday = ANY(%(weekdays)s) AND (%(agents)s::bigint[] IS NULL OR w.agent_id = ANY(%(agents)s))
GROUP BY 1, 2, 3, 4, 5, 6
"""
"""Rosters of habits repeat: the same hours in the same zone are expanded once for all who offer them."""

ONE_OFF = """
SELECT agent_id, kind, extract(epoch FROM lower(period))::float8, extract(epoch FROM upper(period))::float8
FROM marketplace_availability
WHERE period && tstzrange(%(start)s, %(end)s) AND (%(agents)s::bigint[] IS NULL OR agent_id = ANY(%(agents)s))
"""


def weekly_of(*, agent_id: int) -> list[Weekly]:
    """The weekly periods that the agent offers, by weekday; one statement."""
    rows = WeeklyAvailability.objects.filter(agent_id=agent_id)
    return [Weekly(row.weekday, row.start, row.end, row.since, row.until) for row in rows]


def fits(*, start: datetime, end: datetime, agent_ids: Collection[int] | None = None) -> frozenset[int]:
    """Which agents (of these; None: of all) offer the whole period `[start, end)`; two statements.

    Whoever has never said when to work fits nothing: ask `has_said` before reading it as a no.
    """
    period = Period(start, end)
    asked = {"agents": None if agent_ids is None else list(agent_ids), "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(WEEKLY, asked | {"weekdays": _weekdays(period)})
        pieces = _weekly_pieces(cursor.fetchall(), within=period)
        cursor.execute(ONE_OFF, asked)
        blocked = set()
        for agent, kind, since, until in cursor.fetchall():
            if kind == AvailabilityKind.BLACKOUT:
                blocked.add(agent)
            else:
                pieces[agent].append(Period(datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)))
    return frozenset(agent for agent, found in pieces.items() if agent not in blocked and covered(period, found))


def has_said(*, agent_ids: Collection[int]) -> frozenset[int]:
    """Those of the agents who have offered anything, weekly or once; two statements."""
    weekly = WeeklyAvailability.objects.filter(agent_id__in=agent_ids).values_list("agent_id", flat=True)
    once = Availability.objects.filter(agent_id__in=agent_ids, kind=AvailabilityKind.AVAILABLE)
    return frozenset(weekly) | frozenset(once.values_list("agent_id", flat=True))


def _weekdays(period: Period) -> list[int]:
    """Weekdays on which something may begin that reaches into the period, in any zone."""
    first, last = period.start - 2 * DAY, period.end + DAY
    days = (last.date() - first.date()).days + 1
    return sorted({(first + timedelta(days=number)).weekday() for number in range(min(days, 7))})


def _weekly_pieces(rows: Iterable[tuple[Any, ...]], *, within: Period) -> defaultdict[int, list[Period]]:
    found: defaultdict[int, list[Period]] = defaultdict(list)
    for zone, weekday, start, end, since, until, agents in rows:
        pieces = offered([Weekly(weekday, start, end, since, until)], within=within, zone=ZoneInfo(zone))
        for agent in agents if pieces else ():
            found[agent] += pieces
    return found
