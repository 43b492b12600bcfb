"""Who is able to serve what, for everybody at once and one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.eligibility import Asked, Competence, Held, closure, eligible, lasting
from marketplace.matching.refusals import lacking, refusals
from marketplace.matching.state import FOREVER, NEVER, Mode, Presence, Refusal
from tests.marketplace.matching.floors import HOUR, NOW, floor, quiet, surging

BANKING, LENDING, MORTGAGE = 0, 1, 2
FIRST_AID, LICENCE = 0, 1


def held(*rows):
    """Rows of (profile, what, level, valid_from, valid_until); the last two may be left out."""
    full = [(*row, *(NEVER, FOREVER)[len(row) - 3 :]) for row in rows]
    return Held(*np.array(full, dtype=np.int64).reshape(-1, 5).T)


def asked(*rows):
    """Rows of (queue, what, level)."""
    return Asked(*np.array(rows, dtype=np.int64).reshape(-1, 3).T)


def competence(*, profiles=1, queues=1, skills=(), certifications=(), implies=(), wants=(), wants_certified=()):
    return Competence(
        profiles=profiles,
        queues=queues,
        skills=held(*skills),
        certifications=held(*certifications),
        implies=np.array(implies, dtype=np.int64).reshape(-1, 2),
        skills_asked=asked(*wants),
        certifications_asked=asked(*wants_certified),
    )


def rows_of(table):
    """(profile, queue, level, valid_from, valid_until) of each pair."""
    profile = np.repeat(np.arange(len(table.start) - 1), np.diff(table.start))
    columns = (profile, table.queue, table.level, table.valid_from, table.valid_until)
    return [tuple(int(value) for value in row) for row in zip(*columns, strict=True)]


def test_eligible_asks_for_skill_and_level():
    table = competence(profiles=3, skills=[(0, LENDING, 3), (1, LENDING, 2), (2, BANKING, 5)], wants=[(0, LENDING, 3)])
    assert rows_of(eligible(table, now=NOW)) == [(0, 0, 3, NEVER, FOREVER)]


def test_eligible_opens_a_queue_that_asks_for_nothing_to_all():
    table = competence(profiles=2, queues=2, skills=[(1, LENDING, 3)], wants=[(0, LENDING, 3)])
    assert [(profile, queue) for profile, queue, *_ in rows_of(eligible(table, now=NOW))] == [(0, 1), (1, 0), (1, 1)]


def test_eligible_follows_implications_through_others_at_the_same_level():
    table = competence(
        skills=[(0, MORTGAGE, 4)], implies=[(MORTGAGE, LENDING), (LENDING, BANKING)], wants=[(0, BANKING, 4)]
    )
    assert rows_of(eligible(table, now=NOW)) == [(0, 0, 4, NEVER, FOREVER)]
    backwards = replace(table, skills=held((0, BANKING, 5)), skills_asked=asked((0, MORTGAGE, 1)))
    assert rows_of(eligible(backwards, now=NOW)) == []


def test_eligible_takes_the_lowest_level_and_the_shared_validity_of_all_that_is_asked():
    table = competence(
        skills=[(0, LENDING, 5, NOW - 50, NOW + 900), (0, BANKING, 2, NOW - 90, NOW + 500)],
        certifications=[(0, LICENCE, 5, NOW - 70, NOW + 700)],
        wants=[(0, LENDING, 3), (0, BANKING, 1)],
        wants_certified=[(0, LICENCE, 1)],
    )
    assert rows_of(eligible(table, now=NOW)) == [(0, 0, 2, NOW - 50, NOW + 500)]


def test_eligible_needs_every_thing_that_is_asked():
    table = competence(skills=[(0, LENDING, 5)], wants=[(0, LENDING, 3)], wants_certified=[(0, LICENCE, 1)])
    assert rows_of(eligible(table, now=NOW)) == []


def test_eligible_joins_periods_that_touch_and_forgets_those_that_are_over():
    table = competence(
        skills=[
            (0, LENDING, 5, NOW - 900, NOW - 800),
            (0, LENDING, 3, NOW - 100, NOW + 100),
            (0, LENDING, 4, NOW + 100, NOW + 200),
            (0, LENDING, 5, NOW + 300, NOW + 400),
        ],
        wants=[(0, LENDING, 2)],
    )
    assert rows_of(eligible(table, now=NOW)) == [(0, 0, 3, NOW - 100, NOW + 200)]


def test_eligible_asks_no_more_when_a_thing_is_asked_twice():
    table = competence(skills=[(0, LENDING, 5)], wants=[(0, LENDING, 3), (0, LENDING, 3), (0, LENDING, 1)])
    assert len(rows_of(eligible(table, now=NOW))) == 1


def test_eligible_holds_without_any_rows():
    assert rows_of(eligible(competence(profiles=0, queues=0), now=NOW)) == []
    assert rows_of(eligible(competence(profiles=2, queues=0), now=NOW)) == []
    assert rows_of(eligible(competence(profiles=2, wants=[(0, LENDING, 1)]), now=NOW)) == []


def test_closure_survives_circles_and_implies_nothing_of_itself():
    pairs = closure(np.array([[0, 1], [1, 2], [2, 0], [3, 3]]))
    assert pairs.tolist() == [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]]


def test_lasting_takes_the_best_level_in_force():
    mine = held(
        (0, 0, 2, NOW - 10, NOW + 50),
        (0, 0, 4, NOW - 10, NOW + 20),
        (0, 0, 5, NOW + 5, NOW + 60),
        (1, 0, 3, NOW + 1, NOW + 2),
    )
    found = lasting(mine, now=NOW)
    assert found.level.tolist() == [4, 3]
    assert found.valid_until.tolist() == [NOW + 60, NOW + 2]


@pytest.mark.parametrize(
    ("skills", "certifications", "codes"),
    [
        ([(0, LENDING, 3)], [(0, LICENCE, 5)], []),
        ([], [(0, LICENCE, 5)], [Refusal.SKILL_MISSING]),
        ([(0, MORTGAGE, 1)], [(0, LICENCE, 5)], [Refusal.LEVEL_TOO_LOW]),
        ([(0, LENDING, 3, NOW - 9, NOW)], [(0, LICENCE, 5)], [Refusal.SKILL_EXPIRED]),
        ([(0, LENDING, 3, NOW - 9, NOW + 30)], [(0, LICENCE, 5)], [Refusal.SKILL_EXPIRED]),
        ([(0, LENDING, 3)], [], [Refusal.CERTIFICATION_MISSING]),
        ([(0, LENDING, 3)], [(0, LICENCE, 5, NOW + 1, FOREVER)], [Refusal.CERTIFICATION_EXPIRED]),
        ([(0, BANKING, 5)], [(0, LICENCE, 5, NEVER, NOW)], [Refusal.SKILL_MISSING, Refusal.CERTIFICATION_EXPIRED]),
    ],
)
def test_lacking_tells_every_reason_apart(skills, certifications, codes):
    table = competence(
        skills=skills,
        certifications=certifications,
        implies=[(MORTGAGE, LENDING)],
        wants=[(0, LENDING, 2)],
        wants_certified=[(0, LICENCE, 1)],
    )
    assert lacking(table, profile=0, queue=0, now=NOW, through=NOW + 60) == codes


def test_refusals_names_limits_competence_and_mode_together():
    state = floor(
        [quiet(), surging(open=False, home_allowed=False)],
        [{"presence": Presence.PAUSED, "pinned": True, "at_home": True, "skills": {0: 5}, "until": NOW + 30}],
        modes=(Mode.SHADOW,),
    )
    table = competence(queues=2, skills=[(0, LENDING, 1)], wants=[(1, LENDING, 2)], wants_certified=[(1, LICENCE, 1)])
    assert refusals(state=state, agent=0, queue=1, competence=table) == (
        Refusal.NOT_READY,
        Refusal.PINNED,
        Refusal.DUTY_ENDING,
        Refusal.QUEUE_CLOSED,
        Refusal.WORK_PLACE,
        Refusal.LEVEL_TOO_LOW,
        Refusal.CERTIFICATION_MISSING,
        Refusal.MODE,
    )
    assert Refusal.SKILL_MISSING in refusals(state=state, agent=0, queue=1)
    assert Refusal.SAME_QUEUE in refusals(state=state, agent=0, queue=0)


instants = st.sampled_from([NEVER, NOW - HOUR, NOW, NOW + 1, NOW + 304, NOW + 305, NOW + HOUR, FOREVER])


@st.composite
def competences(draw: st.DrawFn) -> Competence:
    profiles, queues = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rows = st.tuples(st.integers(0, profiles - 1), st.integers(0, 3), st.integers(1, 5), instants, instants)
    wants = st.tuples(st.integers(0, queues - 1), st.integers(0, 3), st.integers(1, 5))
    return competence(
        profiles=profiles,
        queues=queues,
        skills=draw(st.lists(rows, max_size=12)),
        certifications=[(p, c, 5, *period) for p, c, _, *period in draw(st.lists(rows, max_size=6))],
        implies=draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=4)),
        wants=draw(st.lists(wants, max_size=6)),
        wants_certified=[(q, c, 1) for q, c, _ in draw(st.lists(wants, max_size=3))],
    )


@settings(max_examples=300, deadline=None)
@given(competences())
def test_the_table_and_the_reasons_agree_on_every_pair(table):
    """A pair stands against nothing in the table exactly if there is no reason to name."""
    state = replace(
        floor([quiet()] * table.queues, [{"skills": {}, "queue": -1} for _ in range(table.profiles)]),
        eligible=eligible(table, now=NOW),
    )
    for agent in range(table.profiles):
        for queue in range(table.queues):
            by_table = refusals(state=state, agent=agent, queue=queue)
            by_reason = refusals(state=state, agent=agent, queue=queue, competence=table)
            assert bool(by_table) == bool(by_reason), (agent, queue, by_table, by_reason)
