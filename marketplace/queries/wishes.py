"""What suits an agent: the hours offered, less those kept free, and what he or she would rather do.

It orders what is shown and forbids nothing (docs/availability.md).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from gigcx.database.prepared import prepared_one
from marketplace.claiming.hours import Period
from marketplace.claiming.readings import without
from marketplace.claiming.weekly import Weekly, offered
from marketplace.vocabulary import AvailabilityKind, WorkPlace

WISHES = """
SELECT a.timezone, coalesce(p.work_place, ''),
  (SELECT array_agg(x.queue_id) FROM marketplace_preference_queues x WHERE x.preference_id = p.id),
  (SELECT array_agg(x.site_id) FROM marketplace_preference_sites x WHERE x.preference_id = p.id),
  (SELECT json_agg(json_build_array(w.weekday, w.start, w."end", w.since, w.until))
    FROM marketplace_weeklyavailability w WHERE w.agent_id = a.id),
  (SELECT json_agg(json_build_array(v.kind, extract(epoch FROM lower(v.period))::float8,
      extract(epoch FROM upper(v.period))::float8))
    FROM marketplace_availability v WHERE v.agent_id = a.id AND v.period && tstzrange(%(start)s, %(end)s)),
  EXISTS (SELECT FROM marketplace_availability v WHERE v.agent_id = a.id AND v.kind = 'available')
FROM accounts_agent a LEFT JOIN marketplace_preference p ON p.agent_id = a.id
WHERE a.id = %(agent)s
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """When an agent can work in some time, and where he or she likes best to."""

    free: Sequence[Period] = ()
    """By start, none touching."""
    has_said: bool = False
    """The agent has ever offered hours; without, that none are free says nothing."""
    queues: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    work_place: str = ""

    @property
    def said(self) -> bool:
        """Whether the agent has said when, or where, to work best."""
        return self.has_said or bool(self.queues or self.sites or self.work_place)

    def suits(self, start: datetime, end: datetime) -> bool:
        """Whether the agent offers all of `[start, end)`."""
        return any(one.start <= start and end <= one.end for one in self.free)

    def likes_queue(self, queue_id: int | None) -> bool:
        """Whether it is one of the queues that the agent likes best."""
        return queue_id in self.queues

    def likes_place(self, work_place: str, site_id: int | None) -> bool:
        """Whether it is a site that the agent likes best, or the kind of place, where no site was chosen."""
        if site_id in self.sites:
            return True
        any_site = work_place != WorkPlace.SITE or not self.sites
        return work_place == self.work_place and any_site


def read_wishes(*, agent_id: int, within: Period) -> Wishes:
    """The agent's wishes, hours those in this time; one statement. Raises `LookupError` for an unknown agent."""
    row = prepared_one(WISHES, {"agent": agent_id, "start": within.start, "end": within.end})
    if row is None:
        raise LookupError(agent_id)
    zone, work_place, queues, sites, weekly, once, offered_once = row
    return Wishes(
        free=_free(weekly or (), once or (), within=within, zone=ZoneInfo(zone)),
        has_said=bool(weekly) or offered_once,
        queues=frozenset(queues or ()),
        sites=frozenset(sites or ()),
        work_place=work_place,
    )


def _free(weekly: Sequence[Any], once: Sequence[Any], *, within: Period, zone: ZoneInfo) -> list[Period]:
    """Weekly and one-off periods offered, less all that is kept free."""
    said: dict[str, list[Period]] = defaultdict(list)
    for kind, since, until in once:
        start, end = datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)
        said[kind].append(Period(max(start, within.start), min(end, within.end)))
    habits = offered([_weekly(*row) for row in weekly], within=within, zone=zone)
    return without([*habits, *said[AvailabilityKind.AVAILABLE]], said[AvailabilityKind.BLACKOUT])


def _weekly(weekday: int, start: str, end: str, since: str | None, until: str | None) -> Weekly:
    return Weekly(weekday, time.fromisoformat(start), time.fromisoformat(end), _date(since), _date(until))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
