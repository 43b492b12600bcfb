"""Every rule on its own, and all of them together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.claiming.eligibility import refusals
from marketplace.claiming.facts import AgentFacts, ClaimLimits, Facts, ShiftFacts, Work, WorkKind
from marketplace.claiming.reasons import ClaimRefusal

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
START = NOW + 48 * HOUR


def facts(*, agent: dict[str, object] | None = None, limits: ClaimLimits | None = None, **shift: object) -> Facts:
    """A shift of four hours the day after tomorrow that nothing stands against."""
    figures: dict[str, object] = {"start": START, "end": START + 4 * HOUR, "open": True, "places": 1, "taken": 0}
    about: dict[str, object] = {"kind": "external", "zone": ZoneInfo("Europe/Rome")}
    return Facts(
        agent=AgentFacts(**(about | (agent or {}))),
        shift=ShiftFacts(**(figures | shift)),
        now=NOW,
        limits=limits or ClaimLimits(),
    )


def codes(found: Facts) -> list[str]:
    return [str(reason.code) for reason in refusals(found)]


def test_nothing_stands_against_an_ordinary_claim() -> None:
    assert codes(facts()) == []


@pytest.mark.parametrize(
    ("shift", "code"),
    [
        ({"open": False}, ClaimRefusal.NOT_OPEN),
        ({"start": NOW, "end": NOW + HOUR}, ClaimRefusal.BEGUN),
        ({"claim_from": NOW + HOUR}, ClaimRefusal.TOO_EARLY),
        ({"start": NOW + timedelta(days=61), "end": NOW + timedelta(days=61, hours=1)}, ClaimRefusal.TOO_EARLY),
        ({"claim_until": NOW}, ClaimRefusal.TOO_LATE),
        ({"taken": 1}, ClaimRefusal.FULL),
        ({"kinds": frozenset({"internal"})}, ClaimRefusal.KIND),
        ({"seats_left": 0}, ClaimRefusal.SITE_FULL),
        ({"at_home": True, "home_allowed": False}, ClaimRefusal.HOME_NOT_ALLOWED),
    ],
)
def test_what_a_shift_can_say_no_to(shift: dict[str, object], code: ClaimRefusal) -> None:
    assert codes(facts(**shift)) == [code]


def test_a_full_shift_whose_holder_waits_to_be_replaced_has_room() -> None:
    assert codes(facts(taken=1, replaceable=1)) == []


def test_internal_people_need_consent_to_work_elsewhere() -> None:
    lent = {"kind": "internal", "department": 1}
    assert codes(facts(agent=lent, department=2)) == [ClaimRefusal.NOT_LENT]
    assert codes(facts(agent=lent | {"lent": True}, department=2)) == []
    assert codes(facts(agent=lent, department=1)) == []


@pytest.mark.parametrize(
    ("kind", "code"),
    [(WorkKind.BOOKING, ClaimRefusal.OVERLAP_BOOKING), (WorkKind.DUTY, ClaimRefusal.OVERLAP_DUTY)],
)
def test_overlaps_are_refused_and_touching_is_no_overlap(kind: WorkKind, code: ClaimRefusal) -> None:
    over = Work(START - HOUR, START + timedelta(minutes=1), kind)
    assert codes(facts(agent={"work": (over,)})) == [code]
    touching = (Work(START - 2 * HOUR, START, kind), Work(START + 4 * HOUR, START + 6 * HOUR, kind))
    assert codes(facts(agent={"work": touching})) == []


def test_a_night_and_the_morning_after_leave_no_rest() -> None:
    late = Work(START - 12 * HOUR, START - 6 * HOUR)
    assert codes(facts(agent={"work": (late,)})) == [ClaimRefusal.REST]
    early = Work(START - 17 * HOUR, START - 11 * HOUR)
    assert codes(facts(agent={"work": (early,)})) == []


def test_hours_a_day_a_week_and_days_in_a_row_are_counted_with_the_shift() -> None:
    limits = ClaimLimits(day=timedelta(hours=6), week=timedelta(hours=12), consecutive_days=2)
    days = tuple(Work(START + day * 24 * HOUR, START + day * 24 * HOUR + 4.5 * HOUR) for day in (-1, 1))
    same_day = Work(START + 6 * HOUR, START + 9 * HOUR)
    found = facts(agent={"work": (*days, same_day)}, limits=limits)
    assert codes(found) == [ClaimRefusal.DAY_HOURS, ClaimRefusal.WEEK_HOURS, ClaimRefusal.CONSECUTIVE_DAYS]
    free = replace(found, limits=ClaimLimits(rest=None, day=None, week=None, consecutive_days=None))
    assert codes(free) == []
