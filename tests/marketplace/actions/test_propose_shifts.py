"""From a forecast to a proposal to draft shifts; what is refused changes nothing."""

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from gigcx.accounts.models import Site
from gigcx.ledger.models import Entry
from marketplace.actions import work_proposals as work
from marketplace.actions.keep_proposal import keep_proposal
from marketplace.actions.open_shifts import cancel_shifts, open_shifts
from marketplace.actions.propose_shifts import GIVEN_UP, propose_shifts
from marketplace.actions.refused import Refused
from marketplace.actions.work_proposals import work_proposals
from marketplace.models import Shift, ShiftPattern, ShiftPolicy, ShiftProposal
from marketplace.vocabulary import ShiftRefusal
from tests.factories import NOW, make_agent, make_department, make_duty, make_queue
from tests.marketplace.shifts import expect, proposed

pytestmark = pytest.mark.django_db
TOMORROW = datetime(2026, 3, 11, tzinfo=UTC)
EIGHT = TOMORROW + timedelta(hours=8)


@pytest.fixture
def cards(db):
    """A queue that needs people tomorrow from 8 to 16."""
    queue = make_queue("cards")
    expect(queue, start=EIGHT, hours=8, an_hour=60)
    return queue


def kinds():
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def refused(call, **figures):
    with pytest.raises(Refused) as refusal:
        call(**figures)
    return set(refusal.value.reasons)


def test_a_gap_becomes_draft_shifts(cards):
    proposal = proposed(cards, since=TOMORROW, now=NOW)
    assert (proposal.status, proposal.done, proposal.parts) == ("ready", 1, 1)
    assert 0 < proposal.bound <= proposal.objective
    (queue,) = proposal.result["queues"]
    need, covered = np.array(queue["need"]), np.array(queue["covered"])
    assert (len(need), need[:32].sum(), need[40]) == (96, 0, max(need))
    assert (covered >= need).mean() > 0.95
    assert keep_proposal(proposal_id=proposal.pk, actor="user:7", now=NOW) == len(proposal.result["shifts"])
    shift = Shift.objects.first()
    assert (shift.queue, shift.department, shift.status, shift.currency) == (cards, None, "draft", "EUR")
    assert (shift.proposal, shift.created_by, shift.created_at) == (proposal, "user:7", NOW)
    assert sum(shift.pay * shift.places for shift in Shift.objects.all()) == proposal.result["cost"]
    assert kinds() == ["shifts.asked", "shifts.proposed", "shifts.kept"]


def test_what_is_staffed_and_drafted_is_no_gap(cards):
    need = max(proposed(cards, since=TOMORROW, now=NOW).result["queues"][0]["need"])
    for _ in range(need - 1):
        make_duty(make_agent(cards), queue=cards, start=EIGHT, hours=8)
    again = proposed(cards, since=TOMORROW, now=NOW)
    assert max(np.subtract(again.result["queues"][0]["need"], again.result["queues"][0]["there"])) == 1
    keep_proposal(proposal_id=again.pk, actor="user:7", now=NOW)
    assert proposed(cards, since=TOMORROW, now=NOW).result["shifts"] == []
    # a cancelled shift leaves its gap again
    cancel_shifts(shift_ids=Shift.objects.values_list("pk", flat=True), actor="user:7", now=NOW)
    assert proposed(cards, since=TOMORROW, now=NOW).result["shifts"] == again.result["shifts"]


def test_queues_not_for_home_get_site_shifts_within_the_seats(cards):
    cards.home_allowed = False
    cards.save()
    site = Site.objects.create(name="Turin", seats=3)
    other = make_queue("other")
    make_duty(make_agent(other), queue=other, start=EIGHT, hours=8, site=site)
    ShiftPolicy.objects.create(department=cards.department, site=site)
    found = proposed(cards, since=TOMORROW, now=NOW)
    assert {shift["at_home"] for shift in found.result["shifts"]} == {False}
    there = np.zeros(96, dtype=int)
    for shift in found.result["shifts"]:
        begin = int(shift["start"] - TOMORROW.timestamp()) // 900
        there[begin : begin + int(shift["end"] - shift["start"]) // 900] += shift["people"]
    assert there.max() == 2
    keep_proposal(proposal_id=found.pk, actor="user:7", now=NOW)
    assert set(Shift.objects.values_list("work_place", "site")) == {("site", site.pk)}


def test_standby_shifts_serve_several_queues(cards):
    savings = make_queue("savings")
    expect(cards, start=EIGHT + timedelta(hours=8), hours=2, an_hour=20)
    expect(savings, start=EIGHT + timedelta(hours=10), hours=2, an_hour=20)
    ShiftPattern.objects.create(
        department=cards.department, name="only", least_hours=4, most_hours=4, first_start=time(0),
        last_start=time(23),
    )  # fmt: skip
    ShiftPolicy.objects.create(department=cards.department, standby_extra_per_hour=0)
    found = proposed(cards, since=TOMORROW, now=NOW, standby=True)
    keep_proposal(proposal_id=found.pk, actor="user:7", now=NOW)
    standby = Shift.objects.filter(queue=None)
    assert {shift.department for shift in standby} == {cards.department}
    assert proposed(cards, since=TOMORROW, now=NOW).result["shifts"] == []


def test_no_forecast_no_shifts(db):
    found = proposed(make_queue("cards"), since=TOMORROW, now=NOW)
    assert (found.status, found.objective, found.result["shifts"]) == ("ready", 0, [])


def test_a_pattern_that_cannot_be_is_said(cards):
    ShiftPattern.objects.create(
        department=cards.department, name="Odd", least_hours=4, most_hours=4, first_start=time(0),
        last_start=time(23), break_minutes=60, break_from_hours=1,
    )  # fmt: skip
    found = proposed(cards, since=TOMORROW, now=NOW)
    assert (found.status, kinds()[-1]) == ("failed", "shifts.failed")
    assert "Odd" in found.trouble
    assert refused(keep_proposal, proposal_id=found.pk, actor="user:7", now=NOW) == {ShiftRefusal.NOT_READY}


def test_one_search_at_a_time_until_its_worker_died(cards):
    ask = {
        "department_id": cards.department_id, "queue_ids": None, "since": TOMORROW,
        "until": TOMORROW + timedelta(days=1), "actor": "user:7",
    }  # fmt: skip
    first = propose_shifts(**ask, now=NOW)
    assert refused(propose_shifts, **ask, now=NOW) == {ShiftRefusal.RUNNING}
    assert (ShiftProposal.objects.count(), kinds()) == (1, ["shifts.asked"])
    propose_shifts(**ask, now=NOW + GIVEN_UP + timedelta(seconds=1))
    first.refresh_from_db()
    assert first.status == "failed"


def test_a_search_that_breaks_leaves_the_way_free(cards, monkeypatch):
    monkeypatch.setattr(work, "cover", lambda **_: 1 / 0)
    propose_shifts(
        department_id=cards.department_id, queue_ids=None, since=TOMORROW, until=TOMORROW + timedelta(days=1),
        actor="user:7", now=NOW,
    )  # fmt: skip
    with pytest.raises(ZeroDivisionError):
        work_proposals(clock=lambda: NOW)
    assert ShiftProposal.objects.get().status == "failed"


def test_every_reason_is_given(cards):
    foreign = make_queue("loans", department=make_department("Lending"))
    reasons = refused(
        propose_shifts, department_id=cards.department_id, queue_ids=[foreign.pk], since=TOMORROW,
        until=TOMORROW + timedelta(days=15), standby=True, actor="user:7", now=NOW,
    )  # fmt: skip
    assert reasons == {ShiftRefusal.NO_QUEUES, ShiftRefusal.PERIOD, ShiftRefusal.STANDBY}
    assert (ShiftProposal.objects.count(), kinds()) == (0, [])


def test_kept_once_and_only_what_is_ahead(cards):
    found = proposed(cards, since=TOMORROW, now=NOW)
    late = TOMORROW + timedelta(days=2)
    assert refused(keep_proposal, proposal_id=found.pk, actor="user:7", now=late) == {ShiftRefusal.PAST}
    assert Shift.objects.count() == 0
    keep_proposal(proposal_id=found.pk, actor="user:7", now=NOW)
    count = Shift.objects.count()
    assert refused(keep_proposal, proposal_id=found.pk, actor="user:7", now=NOW) == {ShiftRefusal.KEPT}
    assert Shift.objects.count() == count


def make_shift(queue, **figures):
    figures = {"starts_at": EIGHT, "ends_at": EIGHT + timedelta(hours=4), "work_place": "site"} | figures
    return Shift.objects.create(
        queue=queue, pay_per_hour=1800, pay=7200, currency="EUR", created_at=NOW, created_by="user:7", **figures
    )


def test_drafts_are_opened_and_shifts_cancelled(cards):
    one, two = make_shift(cards), make_shift(cards)
    assert open_shifts(shift_ids=[one.pk, two.pk], actor="user:7", now=NOW) == 2
    assert cancel_shifts(shift_ids=[two.pk], actor="user:7", now=NOW) == 1
    assert list(Shift.objects.order_by("pk").values_list("status", flat=True)) == ["open", "cancelled"]
    assert kinds() == ["shift.opened", "shift.opened", "shift.cancelled"]
    assert Entry.objects.last().data == {"queue": cards.pk, "department": None, "before": "open"}


def test_all_or_none_are_opened(cards):
    draft, begun = make_shift(cards), make_shift(cards, starts_at=NOW - timedelta(hours=1))
    gone = make_shift(cards, status="cancelled")
    ids = [draft.pk, begun.pk, gone.pk]
    both = {ShiftRefusal.PAST, ShiftRefusal.NOT_DRAFT}
    assert refused(open_shifts, shift_ids=ids, actor="user:7", now=NOW) == both
    assert refused(cancel_shifts, shift_ids=ids, actor="user:7", now=NOW) == {ShiftRefusal.PAST, ShiftRefusal.CANCELLED}
    with pytest.raises(Shift.DoesNotExist):
        open_shifts(shift_ids=[draft.pk, 0], actor="user:7", now=NOW)
    draft.refresh_from_db()
    assert (draft.status, kinds()) == ("draft", [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"places": 0},
        {"ends_at": EIGHT},
        {"status": "full"},
        {"work_place": "home", "with_site": True},
        {"standby": True},
        {"no_queue": True},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_database_has_the_last_word(cards, wrong):
    if wrong.pop("with_site", False):
        wrong["site"] = Site.objects.create(name="Turin")
    if wrong.pop("standby", False):
        wrong["department"] = cards.department
    queue = None if wrong.pop("no_queue", False) else cards
    with pytest.raises(IntegrityError), transaction.atomic():
        make_shift(queue, **wrong)
    assert Shift.objects.count() == 0
