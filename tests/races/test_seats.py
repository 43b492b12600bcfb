"""Dispatchers open shifts at one site, and change one that is claimed, at the same moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from gigcx.accounts.models import Site
from marketplace.actions.change_shift import change_shift
from marketplace.actions.claim import Claimed, claim
from marketplace.actions.keep_site import keep_site
from marketplace.actions.make_shift import make_shift
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.refused import PlanRefused, Refused
from marketplace.models import Booking, Duty, Shift
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.plans import wanted

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
Race = Callable[..., list[Any]]


def test_drafts_opened_at_once_never_take_more_seats_than_there_are(race: Race) -> None:
    queue, site = make_queue("cards"), Site.objects.create(name="Milan", seats=7)
    figures = wanted(queue, places=2, work_place="site", site_id=site.pk)
    drafts = [make_shift(figures=figures, actor="user:7", now=NOW).pk for _ in range(6)]
    results = race([partial(open_shifts, shift_ids=[pk], actor="user:7", now=NOW) for pk in drafts])
    assert results.count(1) == 3
    assert sum(isinstance(result, PlanRefused) for result in results) == 3
    assert Shift.objects.filter(status="open").count() == 3


def test_whoever_takes_seats_away_is_told_of_all_that_was_opened_before(race: Race) -> None:
    queue, site = make_queue("cards"), Site.objects.create(name="Milan", seats=6)
    figures = wanted(queue, places=3, work_place="site", site_id=site.pk)
    drafts = [make_shift(figures=figures, actor="user:7", now=NOW).pk for _ in range(2)]
    opening = [partial(open_shifts, shift_ids=[pk], actor="user:7", now=NOW) for pk in drafts]
    kept, *opened = race([partial(keep_site, site_id=site.pk, seats=2, actor="user:1", now=NOW), *opening])
    told = [one.people for one in kept.crowded]
    assert told == ([3 * opened.count(1)] if opened.count(1) else [])
    assert all(result == 1 or isinstance(result, PlanRefused) for result in opened), opened


def test_a_roster_and_shifts_at_one_site_never_promise_a_seat_twice(race: Race, tmp_path: Path) -> None:
    queue, site = make_queue("cards"), Site.objects.create(name="Milan", seats=6)
    figures = wanted(queue, places=3, work_place="site", site_id=site.pk)
    drafts = [make_shift(figures=figures, actor="user:7", now=NOW).pk for _ in range(3)]
    span = f"{figures.starts_at.isoformat()},{figures.ends_at.isoformat()}"

    def load(number: int) -> str:
        file = tmp_path / f"{number}.csv"
        rows = [f"r{number}{letter},{span},cards,,Milan\n" for letter in "ab"]
        file.write_text("agent,starts_at,ends_at,skills,queue,site\n" + "".join(rows))
        try:
            call_command("load", "agents", str(file), json=True, stdout=StringIO(), stderr=StringIO())
        except SystemExit:
            return "refused"
        return "loaded"

    opening = [partial(open_shifts, shift_ids=[pk], actor="user:7", now=NOW) for pk in drafts]
    results = race([*opening, *(partial(load, number) for number in range(3))])
    assert all(result in (1, "loaded", "refused") or isinstance(result, PlanRefused) for result in results), results
    promised = 3 * Shift.objects.filter(status="open").count() + Duty.objects.filter(site=site).count()
    assert promised in (5, 6)


def test_nobody_holds_a_place_at_other_times_than_the_shift_has(race: Race) -> None:
    queue = make_queue("cards")
    for _ in range(5):
        figures = wanted(queue, places=4)
        shift = make_shift(figures=figures, open_now=True, actor="user:7", now=NOW)
        later = replace(figures, starts_at=figures.starts_at + timedelta(hours=1))
        agents = [make_agent(queue) for _ in range(3)]
        claims = [partial(claim, shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW) for agent in agents]
        results = race([partial(change_shift, shift_id=shift.pk, figures=later, actor="user:7", now=NOW), *claims])
        assert all(isinstance(result, bool | Claimed | Refused) for result in results), results
        shift.refresh_from_db()
        held = Booking.objects.filter(shift=shift)
        assert {booking.period.lower for booking in held} <= {shift.starts_at}
        assert held.count() == shift.taken
