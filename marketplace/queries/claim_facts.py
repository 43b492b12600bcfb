"""What a claim is judged by, read in three statements for one agent and many shifts, or for many agents and one."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from gigcx.accounts.models import Agent
from marketplace.claiming.facts import Ability, AgentFacts, Ask, ClaimLimits, Facts, ShiftFacts, Work, WorkKind
from marketplace.claiming.pay import promised_pay
from marketplace.vocabulary import BOUND_STATES, ShiftState, WorkPlace

AROUND = timedelta(days=9)
"""How far around the shifts an agent's work is read: a week and more, for hours a week and days in a row."""

_SPAN = "extract(epoch FROM lower({0}))::float8, extract(epoch FROM upper({0}))::float8"

SHIFTS = """
SELECT s.id, s.starts_at, s.ends_at, s.status, s.places, s.taken, coalesce(q.department_id, s.department_id),
  s.kinds, s.work_place, coalesce(q.home_allowed, true), s.claim_from, s.claim_until,
  s.pay, s.bonus_per_hour, s.breaks,
  (SELECT count(*) FROM marketplace_booking b WHERE b.shift_id = s.id AND b.status = 'releasing'
      AND NOT EXISTS (SELECT FROM marketplace_offer o WHERE o.replaces_id = b.id AND o.status = 'open')),
  CASE WHEN site.seats IS NOT NULL THEN site.seats - (
    SELECT coalesce(max(at_once), 0) FROM (
      SELECT sum(change) OVER (ORDER BY at, change) AS at_once FROM (
        SELECT greatest(lower(period), s.starts_at) AS at, 1 AS change FROM seated
          WHERE site_id = site.id AND period && tstzrange(s.starts_at, s.ends_at)
        UNION ALL
        SELECT upper(period), -1 FROM seated
          WHERE site_id = site.id AND period && tstzrange(s.starts_at, s.ends_at)) AS changes) AS running) END,
  coalesce((SELECT json_agg(json_build_array(k.id, x.level, k.name) ORDER BY k.name) FROM (
      SELECT skill_id, max(level) AS level FROM (
        SELECT skill_id, level FROM marketplace_queueskill WHERE queue_id = s.queue_id
        UNION ALL SELECT skill_id, level FROM marketplace_shiftskill WHERE shift_id = s.id) AS asked
      GROUP BY skill_id) AS x JOIN skills_skill k ON k.id = x.skill_id), '[]'),
  coalesce((SELECT json_agg(json_build_array(k.id, 1, k.name) ORDER BY k.name) FROM skills_certification k
      WHERE k.id IN (SELECT certification_id FROM marketplace_queuecertification WHERE queue_id = s.queue_id
        UNION SELECT certification_id FROM marketplace_shiftcertification WHERE shift_id = s.id)), '[]')
FROM marketplace_shift s
LEFT JOIN marketplace_queue q ON q.id = s.queue_id
LEFT JOIN accounts_site site ON site.id = s.site_id AND s.work_place = 'site'
WHERE s.id = ANY(%(shifts)s)
"""

SEATED = """
WITH seated AS MATERIALIZED (
  SELECT o.site_id, b.period FROM marketplace_booking b JOIN marketplace_shift o ON o.id = b.shift_id
    WHERE b.status = ANY(%(bound)s) AND o.work_place = 'site' AND o.site_id IS NOT NULL
      AND b.period && tstzrange(%(since)s, %(until)s)
  UNION ALL
  SELECT d.site_id, d.period FROM marketplace_duty d
    WHERE d.source <> 'booking' AND d.site_id IS NOT NULL AND d.period && tstzrange(%(since)s, %(until)s))
"""

AGENT = f"""
SELECT a.id, a.kind, a.timezone, a.department_id, coalesce(u.is_active, true),
  coalesce((SELECT json_agg(json_build_array({_SPAN.format("b.period")}, b.id, b.shift_id))
      FROM marketplace_booking b
      WHERE b.agent_id = a.id AND b.status = ANY(%(bound)s) AND b.period && tstzrange(%(since)s, %(until)s)), '[]'),
  coalesce((SELECT json_agg(json_build_array(extract(epoch FROM lower(d.period))::float8,
        extract(epoch FROM least(upper(d.period), d.signed_off_at))::float8)) FROM marketplace_duty d
      WHERE d.agent_id = a.id AND d.period && tstzrange(%(since)s, %(until)s)
        AND NOT EXISTS (SELECT FROM marketplace_booking b WHERE b.duty_id = d.id AND b.status = ANY(%(bound)s))), '[]'),
  coalesce((SELECT json_agg(json_build_array({_SPAN.format("v.period")})) FROM marketplace_availability v
      WHERE v.agent_id = a.id AND v.kind = 'blackout' AND v.period && tstzrange(%(since)s, %(until)s)), '[]'),
  coalesce((SELECT json_agg(json_build_array(p.skill_id, p.level, extract(epoch FROM p.valid_from)::float8,
        extract(epoch FROM p.valid_until)::float8)) FROM skills_proficiency p
      WHERE p.agent_id = a.id AND p.verified_at IS NOT NULL), '[]'),
  coalesce((SELECT json_agg(json_build_array(c.certification_id, 5, extract(epoch FROM c.valid_from)::float8,
        extract(epoch FROM c.valid_until)::float8)) FROM skills_certificate c
      WHERE c.agent_id = a.id AND c.revoked_at IS NULL), '[]'),
  coalesce((SELECT json_agg(json_build_array(l.borrower_id, {_SPAN.format("l.period")},
        extract(epoch FROM l.recalled_at)::float8)) FROM marketplace_lending l
      WHERE l.lender_id = a.department_id AND (l.agent_id IS NULL OR l.agent_id = a.id)), '[]'),
  coalesce((SELECT json_object_agg(o.shift_id, json_build_array(o.id, o.replaces_id IS NOT NULL))
      FROM marketplace_offer o WHERE o.agent_id = a.id AND o.status = 'open' AND o.expires_at > %(now)s), '{{}}'),
  (SELECT coalesce(json_agg(json_build_array(i.from_skill_id, i.to_skill_id)), '[]') FROM skills_skill_implies i),
  (SELECT row_to_json(m) FROM marketplace_marketpolicy m)
FROM accounts_agent a LEFT JOIN accounts_user u ON u.id = a.user_id
WHERE a.id = ANY(%(agents)s)
"""


@dataclass(frozen=True, slots=True)
class _Loan:
    borrower: int | None
    since: datetime
    until: datetime | None

    def holds(self, shift: ShiftFacts) -> bool:
        wanted = self.borrower is None or self.borrower == shift.department
        return wanted and self.since <= shift.start and (self.until is None or shift.end <= self.until)


def read_facts(*, agent_id: int, shift_ids: Collection[int], now: datetime) -> dict[int, Facts]:
    """Facts for each of the shifts that exist, by shift. Raises `LookupError` for an unknown agent.

    Three statements, whatever the number of shifts. Nothing is locked: a claim locks the agent first.
    """
    found = _read([agent_id], shift_ids, now)
    if not found and not Agent.objects.filter(pk=agent_id).exists():
        raise LookupError(agent_id)
    return {shift: facts for (_, shift), facts in found.items()}


def facts_of_many(*, agent_ids: Collection[int], shift_id: int, now: datetime) -> dict[int, Facts]:
    """Facts of one shift for each of the agents that exist, by agent. Three statements; nothing is locked."""
    return {agent: facts for (agent, _), facts in _read(agent_ids, [shift_id], now).items()}


def _read(agent_ids: Collection[int], shift_ids: Collection[int], now: datetime) -> dict[tuple[int, int], Facts]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(starts_at), max(ends_at) FROM marketplace_shift WHERE id = ANY(%s)", [list(shift_ids)]
        )
        since, until = cursor.fetchone()
        if since is None:
            return {}
        window = {"since": since, "until": until, "bound": [str(state) for state in BOUND_STATES]}
        cursor.execute(SEATED + SHIFTS, window | {"shifts": list(shift_ids)})
        shifts = {row[0]: _shift(row) for row in cursor.fetchall()}
        around = {"since": since - AROUND, "until": until + AROUND, "agents": list(agent_ids), "now": now}
        cursor.execute(AGENT, window | around)
        return {
            (row[0], pk): facts
            for row in cursor.fetchall()
            for pk, facts in _facts_of(row, shifts=shifts, now=now).items()
        }


def _facts_of(row: tuple[Any, ...], *, shifts: Mapping[int, ShiftFacts], now: datetime) -> dict[int, Facts]:
    _, *about, loans, offers, implies, policy = row
    lendings = [_loan(loan) for loan in loans]
    pairs, limits = closed(implies), limits_of(policy)
    return {
        pk: Facts(
            agent=_agent(about, lent=any(loan.holds(shift) for loan in lendings)),
            shift=_kept(shift, *offers[str(pk)]) if str(pk) in offers else shift,
            now=now,
            implies=pairs,
            limits=limits,
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
    )


def closed(pairs: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """The pairs of skills and all that follow from them; the table is small."""
    found = {(left, right) for left, right in pairs}
    while more := {(a, d) for a, b in found for c, d in found if b == c and a != d} - found:
        found |= more
    return frozenset(found)


def _shift(row: tuple[Any, ...]) -> ShiftFacts:
    (_, start, end, status, places, taken, department, kinds, work_place, home_allowed, claim_from, claim_until,
     pay, bonus, breaks, replaceable, seats_left, skills, certifications) = row  # fmt: skip
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
        seats_left=seats_left,
        claim_from=claim_from,
        claim_until=claim_until,
        skills=tuple(Ask(*ask) for ask in skills),
        certifications=tuple(Ask(*ask) for ask in certifications),
        pay=promised_pay(pay=pay, bonus_per_hour=bonus, start=start, end=end, breaks=json.loads(breaks)),
    )


def _kept(shift: ShiftFacts, offer: int, replaces: bool) -> ShiftFacts:
    """Whoever takes a place over takes over its seat."""
    seats = None if shift.seats_left is None else shift.seats_left + replaces
    return replace(shift, offer=offer, seats_left=seats)


def _agent(row: list[Any], *, lent: bool) -> AgentFacts:
    kind, zone, department, active, bookings, duties, blackouts, skills, certificates = row
    work = [Work(*_span(span[:2]), WorkKind.BOOKING, *span[2:]) for span in bookings]
    work += [Work(*_span(span), WorkKind.DUTY) for span in duties if span[0] < span[1]]
    return AgentFacts(
        kind=kind,
        zone=ZoneInfo(zone),
        department=department,
        active=active,
        lent=lent,
        work=tuple(work),
        blackouts=tuple(_span(span) for span in blackouts),
        skills=tuple(_ability(one) for one in skills),
        certifications=tuple(_ability(one) for one in certificates),
    )


def _ability(row: list[Any]) -> Ability:
    what, level, since, until = row
    return Ability(what, level, _instant(since), _instant(until))


def _loan(row: list[Any]) -> _Loan:
    borrower, since, until, recalled = row
    ends = [end for end in (until, recalled) if end is not None]
    return _Loan(borrower, datetime.fromtimestamp(since, UTC), _instant(min(ends)) if ends else None)


def _span(row: list[float]) -> tuple[datetime, datetime]:
    return datetime.fromtimestamp(row[0], UTC), datetime.fromtimestamp(row[1], UTC)


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _hours(hours: float | None) -> timedelta | None:
    return None if hours is None else timedelta(hours=hours)
