"""The two statements behind `claim_facts`, and what their rows mean."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from marketplace.claiming.facts import Ability, AgentFacts, Ask, ClaimLimits, Facts, ShiftFacts, Work, WorkKind
from marketplace.claiming.pay import promised_pay
from marketplace.vocabulary import BOUND_STATES, ShiftState, WorkPlace

BOUND = ", ".join(f"'{state}'" for state in BOUND_STATES)
"""Written out, so that the partial indexes on live bookings serve a prepared statement too."""
AROUND = "interval '9 days'"
"""How far around the shifts an agent's work is read: a week and more, for hours a week and days in a row."""

SHIFTS = """
SELECT s.id, s.starts_at, s.ends_at, s.status, s.places, s.taken, coalesce(q.department_id, s.department_id),
  s.kinds, s.work_place, coalesce(q.home_allowed, true), s.claim_from, s.claim_until,
  s.pay, s.bonus_per_hour, s.breaks, s.site_id,
  CASE WHEN s.taken >= s.places
    THEN (SELECT count(*) FROM marketplace_booking b WHERE b.shift_id = s.id AND b.status = 'releasing'
      AND NOT EXISTS (SELECT FROM marketplace_offer o WHERE o.replaces_id = b.id AND o.status = 'open')) ELSE 0 END,
  (SELECT json_agg(json_build_array(k.id, x.level, k.name)) FROM (
      SELECT skill_id, level FROM marketplace_queueskill WHERE queue_id = s.queue_id
      UNION ALL SELECT skill_id, level FROM marketplace_shiftskill WHERE shift_id = s.id) AS x
    JOIN skills_skill k ON k.id = x.skill_id),
  (SELECT json_agg(json_build_array(k.id, 1, k.name)) FROM (
      SELECT certification_id FROM marketplace_queuecertification WHERE queue_id = s.queue_id
      UNION ALL SELECT certification_id FROM marketplace_shiftcertification WHERE shift_id = s.id) AS x
    JOIN skills_certification k ON k.id = x.certification_id),
  CASE WHEN s.opening = 'draw' AND NOT EXISTS (
    SELECT FROM marketplace_draw d WHERE d.shift_id = s.id AND d.drawn_at IS NOT NULL) THEN s.draw_until END,
  CASE WHEN s.opening = 'tiers' THEN s.opened_at END
FROM marketplace_shift s LEFT JOIN marketplace_queue q ON q.id = s.queue_id
WHERE s.id = ANY(%(shifts)s)
"""

SITE = 15
"""Which column of `SHIFTS` says where the shift is worked."""
TIERS = -1
"""Which says since when it opens to one tier after the other."""

SEATS = f"""
WITH wanted AS MATERIALIZED (
  SELECT s.id, s.site_id, s.starts_at, s.ends_at, site.seats
  FROM marketplace_shift s JOIN accounts_site site ON site.id = s.site_id
  WHERE s.id = ANY(%(shifts)s) AND site.seats IS NOT NULL)
SELECT s.id, s.seats - coalesce(most, 0) FROM wanted s CROSS JOIN LATERAL (
  WITH seated AS MATERIALIZED (
    SELECT o.starts_at AS since, o.ends_at AS until, (
      SELECT count(*) FROM marketplace_booking b WHERE b.shift_id = o.id AND b.status IN ({BOUND})) AS people
    FROM marketplace_shift o
    WHERE o.site_id = s.site_id AND o.status <> 'cancelled' AND o.taken > 0
      AND tstzrange(o.starts_at, o.ends_at, '[)') && tstzrange(s.starts_at, s.ends_at, '[)')
    UNION ALL
    SELECT lower(d.period), upper(d.period), 1 FROM marketplace_duty d
    WHERE d.site_id = s.site_id AND d.source <> 'booking' AND d.period && tstzrange(s.starts_at, s.ends_at, '[)'))
  SELECT max(at_once) AS most FROM (
    SELECT sum(sum(change)) OVER (ORDER BY at) AS at_once FROM (
      SELECT greatest(since, s.starts_at) AS at, people AS change FROM seated
      UNION ALL SELECT until, -people FROM seated) AS changes
    GROUP BY at) AS running) AS taken
"""
"""Seats left at the sites that count them: theirs less the most people who sit there at once during the shift."""


def _span(period: str) -> str:
    return f"extract(epoch FROM lower({period}))::float8, extract(epoch FROM upper({period}))::float8"


def _valid(row: str) -> str:
    return f"extract(epoch FROM {row}.valid_from)::float8, extract(epoch FROM {row}.valid_until)::float8"


AGENT = f"""
WITH span AS MATERIALIZED (
  SELECT tstzrange(min(starts_at) - {AROUND}, max(ends_at) + {AROUND}) AS period
  FROM marketplace_shift WHERE id = ANY(%(shifts)s))
SELECT a.id, json_build_object(
  'about', json_build_array(a.kind, a.timezone, a.department_id, coalesce(u.is_active, true)),
  'bookings', (SELECT json_agg(json_build_array({_span("b.period")}, b.id, b.shift_id, b.duty_id))
      FROM marketplace_booking b
      WHERE b.agent_id = a.id AND b.status IN ({BOUND}) AND b.period && (SELECT period FROM span)),
  'duties', (SELECT json_agg(json_build_array(d.id, extract(epoch FROM lower(d.period))::float8,
        extract(epoch FROM least(upper(d.period), d.signed_off_at))::float8)) FROM marketplace_duty d
      WHERE d.agent_id = a.id AND d.period && (SELECT period FROM span)),
  'blackouts', (SELECT json_agg(json_build_array({_span("v.period")})) FROM marketplace_availability v
      WHERE v.agent_id = a.id AND v.kind = 'blackout' AND v.period && (SELECT period FROM span)),
  'skills', (SELECT json_agg(json_build_array(p.skill_id, p.level, {_valid("p")})) FROM skills_proficiency p
      WHERE p.agent_id = a.id AND p.verified_at IS NOT NULL),
  'certificates', (SELECT json_agg(json_build_array(c.certification_id, 5, {_valid("c")})) FROM skills_certificate c
      WHERE c.agent_id = a.id AND c.revoked_at IS NULL),
  'loans', (SELECT json_agg(json_build_array(l.borrower_id, {_span("l.period")},
        extract(epoch FROM l.recalled_at)::float8)) FROM marketplace_lending l
      WHERE l.lender_id = a.department_id AND (l.agent_id IS NULL OR l.agent_id = a.id)),
  'offers', (SELECT json_object_agg(o.shift_id, json_build_array(o.id, o.replaces_id IS NOT NULL))
      FROM marketplace_offer o WHERE o.agent_id = a.id AND o.status = 'open' AND o.expires_at > %(now)s),
  'implies', (SELECT json_agg(json_build_array(i.from_skill_id, i.to_skill_id)) FROM skills_skill_implies i),
  'policy', (SELECT row_to_json(m) FROM (SELECT rest_hours, hours_per_day, hours_per_week, consecutive_days,
        earliest_claim_days, latest_claim_minutes, undo_seconds, tiers FROM marketplace_marketpolicy) AS m))
FROM accounts_agent a LEFT JOIN accounts_user u ON u.id = a.user_id
WHERE a.id = ANY(%(agents)s)
"""


def shift_of(row: tuple[Any, ...], seats: Mapping[int, int]) -> ShiftFacts:
    """A row of `SHIFTS`; `seats` are those left by shift, where a site counts them."""
    (pk, start, end, status, places, taken, department, kinds, work_place, home_allowed, claim_from, claim_until,
     pay, bonus, breaks, _site, replaceable, skills, certifications, draw_until, tiers_from) = row  # fmt: skip
    # without a decoder of Django's the driver reads JSON itself
    pauses = json.loads(breaks) if isinstance(breaks, str) else breaks
    return ShiftFacts(
        start=start,
        end=end,
        open=status == ShiftState.OPEN,
        places=places,
        taken=taken,
        replaceable=replaceable,
        department=department,
        kinds=frozenset(kinds),
        at_home=work_place == WorkPlace.HOME,
        home_allowed=home_allowed,
        seats_left=seats.get(pk),
        draw_until=draw_until,
        tiers_from=tiers_from,
        claim_from=claim_from,
        claim_until=claim_until,
        skills=_highest(skills or ()),
        certifications=_highest(certifications or ()),
        pay=promised_pay(pay=pay, bonus_per_hour=bonus, start=start, end=end, breaks=pauses),
    )


@dataclass(frozen=True, slots=True)
class Loan:
    """The home department's consent to work for a department (None: any) in a period."""

    borrower: int | None
    since: datetime
    until: datetime | None

    def holds(self, shift: ShiftFacts) -> bool:
        """Whether it reaches through the whole shift."""
        wanted = self.borrower is None or self.borrower == shift.department
        return wanted and self.since <= shift.start and (self.until is None or shift.end <= self.until)


class AgentRow:
    """The document of `AGENT`, read once for all shifts."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.implies = closed(tuple((left, right) for left, right in document["implies"] or ()))
        self.limits = limits_of(document["policy"])
        self._offers = document["offers"] or {}
        self._loans = [_loan(loan) for loan in document["loans"] or ()]
        kind, zone, department, active = document["about"]
        bookings, duties = document["bookings"] or (), document["duties"] or ()
        booked = {duty for *_, duty in bookings}
        work = [Work(*_instants(span[:2]), WorkKind.BOOKING, *span[2:4]) for span in bookings]
        work += [
            Work(*_instants(span), WorkKind.DUTY) for duty, *span in duties if duty not in booked and span[0] < span[1]
        ]
        self._facts = {
            "kind": kind,
            "zone": ZoneInfo(zone),
            "department": department,
            "active": active,
            "work": tuple(work),
            "blackouts": tuple(_instants(span) for span in document["blackouts"] or ()),
            "skills": tuple(_ability(one) for one in document["skills"] or ()),
            "certifications": tuple(_ability(one) for one in document["certificates"] or ()),
        }

    def facts(self, shifts: Mapping[int, ShiftFacts], *, reliability: float = 1.0, now: datetime) -> dict[int, Facts]:
        """What a claim of each of the shifts is judged by."""
        return {
            pk: Facts(
                agent=AgentFacts(
                    **self._facts,
                    reliability=reliability,
                    lent=any(loan.holds(shift) for loan in self._loans),
                ),
                shift=_kept(shift, *self._offers[str(pk)]) if str(pk) in self._offers else shift,
                now=now,
                implies=self.implies,
                limits=self.limits,
            )
            for pk, shift in shifts.items()
        }


def limits_of(policy: Mapping[str, Any] | None) -> ClaimLimits:
    """The market policy as the rules read it; the defaults where there is no row."""
    if policy is None:
        return ClaimLimits()
    return ClaimLimits(
        rest=_hours(policy["rest_hours"]),
        day=_hours(policy["hours_per_day"]),
        week=_hours(policy["hours_per_week"]),
        consecutive_days=policy["consecutive_days"],
        earliest=None if policy["earliest_claim_days"] is None else timedelta(days=policy["earliest_claim_days"]),
        latest=timedelta(minutes=policy["latest_claim_minutes"]),
        undo_seconds=policy["undo_seconds"],
        tiers=tuple((least, timedelta(minutes=minutes)) for least, minutes in policy["tiers"]),
    )


@lru_cache(maxsize=8)
def closed(pairs: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """The pairs of skills and all that follow from them; the table is small and seldom changes."""
    found = {(left, right) for left, right in pairs}
    while more := {(a, d) for a, b in found for c, d in found if b == c and a != d} - found:
        found |= more
    return frozenset(found)


def _kept(shift: ShiftFacts, offer: int, replaces: bool) -> ShiftFacts:
    """Whoever takes a place over takes over its seat."""
    seats = None if shift.seats_left is None else shift.seats_left + replaces
    return replace(shift, offer=offer, seats_left=seats)


def _highest(asks: Iterable[tuple[int, int, str]]) -> tuple[Ask, ...]:
    """Each thing asked once, at the highest level that queue or shift asks for, by name."""
    found: dict[int, Ask] = {}
    for what, level, name in asks:
        if what not in found or found[what].level < level:
            found[what] = Ask(what, level, name)
    return tuple(sorted(found.values(), key=lambda ask: ask.name))


def _ability(row: list[Any]) -> Ability:
    what, level, since, until = row
    return Ability(what, level, _instant(since), _instant(until))


def _loan(row: list[Any]) -> Loan:
    borrower, since, until, recalled = row
    ends = [end for end in (until, recalled) if end is not None]
    return Loan(borrower, datetime.fromtimestamp(since, UTC), _instant(min(ends)) if ends else None)


def _instants(span: list[float]) -> tuple[datetime, datetime]:
    return datetime.fromtimestamp(span[0], UTC), datetime.fromtimestamp(span[1], UTC)


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _hours(hours: float | None) -> timedelta | None:
    return None if hours is None else timedelta(hours=hours)
