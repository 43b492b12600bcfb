"""The page from gap to shifts: asking, the picture, keeping, opening; what is not yours is not there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from marketplace.actions.keep_proposal import keep_proposal
from marketplace.actions.work_proposals import work_proposals
from marketplace.models import Shift, ShiftProposal
from marketplace.templatetags.shift_figures import hours, money, round_money
from marketplace.views.shift_charts import People, cover_chart
from marketplace.views.shift_plan import off_by
from tests.factories import NOW
from tests.marketplace.shifts import expect, proposed

TOMORROW = datetime(2026, 3, 11, tzinfo=UTC)


@pytest.fixture
def planned(scene):
    """Cards wants people tomorrow from 8 to 12; shifts for it are proposed."""
    expect(scene.cards, start=TOMORROW + timedelta(hours=8), hours=4, an_hour=60)
    scene.proposal = proposed(scene.cards, since=TOMORROW, now=NOW)
    return scene


def ask(scene, **form):
    form = {
        "department": scene.cards.department_id,
        "queues": [scene.cards.pk],
        "since": "2026-03-11",
        "days": 1,
    } | form
    return scene.client(scene.dov).post(reverse("propose_shifts"), form)


def page(scene, user=None, **query):
    return scene.client(user or scene.dov).get(reverse("shift_plan"), query)


def test_the_first_page_says_what_to_do(scene):
    ShiftProposal.objects.all().delete()
    html = page(scene).content.decode()
    assert "Nothing proposed yet" in html
    assert "No shifts yet." in html
    assert html.count('name="queues"') == 2


def test_without_departments_the_page_says_who_gives_them(scene):
    scene.dov.departments.clear()
    assert "No queues to plan for" in page(scene).content.decode()


def test_asking_waits_working_and_shows(scene):
    expect(scene.cards, start=TOMORROW + timedelta(hours=8), hours=4, an_hour=60)
    assert ask(scene)["Location"].endswith(f"?department={scene.cards.department_id}")
    waiting = ShiftProposal.objects.latest("pk")
    assert (waiting.queue_ids, waiting.since, waiting.asked_by) == ([scene.cards.pk], TOMORROW, scene.dov.ledger_name)
    assert "Reading the gap" in page(scene).content.decode()
    ShiftProposal.objects.filter(pk=waiting.pk).update(parts=7, done=3)
    part = scene.client(scene.dov).get(reverse("shift_proposal", args=[waiting.pk])).content.decode()
    assert "Working: 3 of 7 parts" in part
    assert 'hx-trigger="every 1s"' in part
    work_proposals(clock=lambda: NOW, seconds=1)
    part = scene.client(scene.dov).get(reverse("shift_proposal", args=[waiting.pk])).content.decode()
    assert "cheapest possible" in part
    assert "hx-trigger" not in part


def test_a_second_asking_is_refused_in_words(scene):
    ask(scene)
    again = ask(scene)
    assert again.status_code == 409
    assert "being worked out for this department already" in again.content.decode()
    assert ShiftProposal.objects.filter(status="waiting").count() == 1


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 15}, {"since": "soon"}])
def test_a_period_that_is_none_is_marked(scene, wrong):
    answer = ask(scene, **wrong)
    assert (answer.status_code, b"field wrong" in answer.content) == (422, True)
    assert not ShiftProposal.objects.filter(status="waiting").exists()


def test_other_departments_cannot_be_planned(planned):
    lena = planned.client(planned.lena)
    form = {"department": planned.cards.department_id, "queues": [planned.cards.pk], "since": "2026-03-12", "days": 1}
    assert lena.post(reverse("propose_shifts"), form).status_code == 404
    assert lena.post(reverse("keep_proposal", args=[planned.proposal.pk])).status_code == 404
    keep_proposal(proposal_id=planned.proposal.pk, actor="user:1", now=NOW)
    shift = Shift.objects.first()
    for department in (planned.cards.department_id, planned.loans.department_id):
        form = {"department": department, "shifts": [shift.pk], "do": "open"}
        assert lena.post(reverse("change_shifts"), form).status_code == 404
    shift.refresh_from_db()
    assert (shift.status, ShiftProposal.objects.filter(status="waiting").exists()) == ("draft", False)
    assert "cards" not in page(planned, planned.lena).content.decode()


def test_the_picture_adds_up(planned):
    people = People.of(planned.proposal.result)
    chart = cover_chart(people, name="cover")
    for _, *row in chart.rows:
        need, before, covered, missing, _over = map(int, row)
        assert need == before + covered + missing
    assert (people.gap_hours > people.short_hours, len(chart.rows)) == (True, 96)
    html = page(planned, queue=planned.cards.pk, day="2026-03-11").content.decode()
    assert "cards: need, and who covers it" in html
    assert "On site" in html or "home" in html
    assert page(planned, queue="x", day="never").status_code == 200


def test_kept_opened_and_cancelled(planned):
    dov = planned.client(planned.dov)
    assert dov.post(reverse("keep_proposal", args=[planned.proposal.pk])).status_code == 302
    again = dov.post(reverse("keep_proposal", args=[planned.proposal.pk]))
    assert (again.status_code, b"kept as drafts already" in again.content) == (409, True)
    one, *_ = shifts = list(Shift.objects.all())
    change = reverse("change_shifts")
    form = {"department": planned.cards.department_id, "shifts": [shift.pk for shift in shifts]}
    assert dov.post(change, form | {"do": "open"}).status_code == 302
    assert set(Shift.objects.values_list("status", flat=True)) == {"open"}
    assert dov.post(change, form | {"do": "open"}).status_code == 409
    assert dov.post(change, form | {"do": "cancel", "shifts": [one.pk]}).status_code == 302
    assert Shift.objects.filter(status="cancelled").count() == 1
    assert dov.post(change, form | {"do": "sell"}).status_code == 404


def test_how_many_drafts_are_ticked_beforehand_is_said(planned):
    dov = planned.client(planned.dov)
    dov.post(reverse("keep_proposal", args=[planned.proposal.pk]))
    number = Shift.objects.filter(status="draft").count()
    html = page(planned).content.decode()
    assert f"{number} draft{'s are' if number > 1 else ' is'} ticked beforehand" in html
    assert html.count(" checked>") >= number
    Shift.objects.update(status="open")
    assert "beforehand" not in page(planned).content.decode()


def test_a_proposal_is_opened_at_once(planned):
    dov = planned.client(planned.dov)
    assert dov.post(reverse("keep_proposal", args=[planned.proposal.pk]), {"do": "open"}).status_code == 302
    assert set(Shift.objects.values_list("status", flat=True)) == {"open"}


def test_the_page_reads_a_fixed_number_of_times(planned):
    counts = []
    for places in (1, 3):
        Shift.objects.all().delete()
        for number in range(places):
            Shift.objects.create(
                queue=planned.cards, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=4), work_place="home",
                pay_per_hour=1, pay=4, currency="EUR", created_at=NOW, created_by=str(number),
            )  # fmt: skip
        client = planned.client(planned.dov)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("shift_plan"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    ("objective", "bound", "words"),
    [(100, 100, "The cheapest possible"), (1004, 1000, "Within 0.4 %"), (100_001, 100_000, "Within 0.01 %"),
     (5, 0, "not known")],
)  # fmt: skip
def test_the_bound_is_put_in_words(objective, bound, words):
    assert words in off_by(ShiftProposal(objective=objective, bound=bound))


def test_hours_are_read_by_people():
    assert [hours(13800), hours(7199.6), hours(2700)] == ["3 h 50 min", "2 h 0 min", "45 min"]


def test_money_is_read_by_people():
    assert [money(7250, "EUR"), money(123456, "EUR"), money(500, "JPY"), money(None, "EUR")] == [
        "€72.50", "€1,235", "¥500", "—",
    ]  # fmt: skip
    # a currency without a sign that everybody knows keeps its code; a debt has its sign in front
    assert [money(7250, "CHF"), money(-7250, "EUR"), round_money(7250, "EUR"), round_money(500, "JPY")] == [
        "CHF\u00a072.50", "−€72.50", "€72", "¥500",
    ]  # fmt: skip
    with translation.override("de"):
        assert money(7250, "EUR") == "€72,50"
