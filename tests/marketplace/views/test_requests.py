"""Requests of people on their pages: declared, answered, and only by whom it concerns."""

import pytest
from django.urls import reverse

from gigcx.accounts.models import Agent
from marketplace.models import Availability, TimeOff
from skills.models import Proficiency, Skill, SkillRequest
from tests.factories import NOW, make_agent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(migrated, scene):
    """The floor, in transactions of its own."""
    return scene


def declare(scene, **figures):
    skill = Skill.objects.create(name="mortgages")
    form = {"skill": skill.pk, "level": 4, "evidence": "https://example.com/proof"} | figures
    return scene.client(scene.agent).post(reverse("ask_skill"), form)


def test_a_declared_skill_is_verified_from_the_queue_of_requests(scene):
    assert declare(scene).status_code == 302
    row = SkillRequest.objects.get()
    html = scene.client(scene.mina).get(reverse("skill_requests")).content.decode()
    assert 'href="https://example.com/proof"' in html
    form = {"do": "verify", "level": 3, "until": "2027-03-09", "note": ""}
    scene.client(scene.mina).post(reverse("answer_skill", args=[row.pk]), form)
    held = Proficiency.objects.get(agent=scene.ada, skill=row.skill)
    assert (held.level, held.valid_until.isoformat()) == (3, "2027-03-10T00:00:00+00:00")
    assert "mortgages" in scene.client(scene.agent).get(reverse("my_skills")).content.decode()


def test_who_comes_from_a_shift_finds_its_skill_filled_in(scene):
    skill = Skill.objects.create(name="mortgages")
    client, page = scene.client(scene.agent), reverse("my_skills")
    filled = client.get(page, {"skill": "mortgages", "level": "4"}).context["form"]
    assert (filled["skill"].value(), filled["level"].value()) == (skill.pk, 4)
    assert client.get(page, {"skill": "\0"}).status_code == 400
    for nonsense in ({"skill": "", "level": "9"}, {"skill": "unheard of", "level": "²"}, {}):
        empty = client.get(page, nonsense).context["form"]
        assert (empty["skill"].value(), empty["level"].value()) == (None, 3)


def test_evidence_cannot_carry_script(scene):
    declare(scene, evidence="<script>alert(1)</script> javascript:alert(1)")
    html = scene.client(scene.mina).get(reverse("skill_requests")).content.decode()
    assert "<script>alert" not in html
    assert 'href="javascript' not in html


def test_only_admins_see_and_answer_skills(scene):
    declare(scene)
    row = SkillRequest.objects.get()
    for user in (scene.agent, scene.dov):
        assert scene.client(user).get(reverse("skill_requests")).status_code == 403
        answer = scene.client(user).post(reverse("answer_skill", args=[row.pk]), {"do": "verify", "level": 5})
        assert answer.status_code == 403
    row.refresh_from_db()
    assert row.status == "asked"


def test_a_refusal_without_a_word_is_not_taken(scene):
    declare(scene)
    row = SkillRequest.objects.get()
    client = scene.client(scene.mina)
    client.post(reverse("answer_skill", args=[row.pk]), {"do": "refuse", "level": 4, "note": ""})
    row.refresh_from_db()
    assert row.status == "asked"
    assert "Say why" in client.get(reverse("skill_requests")).content.decode()


def test_what_cannot_be_declared_is_said_on_the_page(scene):
    assert declare(scene, level=7).status_code == 422
    assert scene.client(scene.agent).post(reverse("withdraw_skill", args=[99])).status_code == 404
    assert not SkillRequest.objects.exists()


@pytest.mark.parametrize(
    ("form", "hours"),
    [
        ({"first": "2026-03-29", "last": "2026-03-29"}, 23),
        ({"first": "2026-10-24", "last": "2026-10-25"}, 49),
        ({"first": "2026-03-28", "last": "2026-03-29", "start": "22:00", "end": "06:00"}, 7),
    ],
)
def test_days_off_are_those_of_the_agents_clock(scene, form, hours):
    Agent.objects.filter(pk=scene.ada.pk).update(timezone="Europe/Rome")
    assert scene.client(scene.agent).post(reverse("ask_time_off"), form | {"reason": "trip"}).status_code == 302
    row = TimeOff.objects.get(reason="trip")
    assert (row.period.upper - row.period.lower).total_seconds() / 3600 == hours


@pytest.mark.parametrize(
    "form",
    [{"first": "2026-03-29", "last": "2026-03-28"}, {"first": "2026-03-28", "last": "9999-12-31"},
     {"first": "", "last": ""}, {"first": "2026-03-01", "last": "2026-03-02"},
     {"first": "0001-01-01", "last": "0001-01-01"}],
)  # fmt: skip
def test_days_off_without_sense_are_refused(scene, form):
    before = TimeOff.objects.count()
    assert scene.client(scene.agent).post(reverse("ask_time_off"), form).status_code == 422
    assert TimeOff.objects.count() == before


def test_a_dispatcher_grants_time_off(scene):
    client = scene.client(scene.dov)
    assert "wedding" in client.get(reverse("time_off_requests")).content.decode()
    page = reverse("time_off_request", args=[scene.time_off.pk])
    assert "no forecast" in client.get(page).content.decode()
    assert client.post(reverse("answer_time_off", args=[scene.time_off.pk]), {"do": "grant"}).status_code == 302
    assert Availability.objects.get(agent=scene.ada).source == "time_off"
    again = client.post(reverse("answer_time_off", args=[scene.time_off.pk]), {"do": "refuse"})
    assert (again.status_code, Availability.objects.count()) == (409, 1)


def test_other_departments_neither_see_nor_answer(scene):
    client = scene.client(scene.lena)
    assert "wedding" not in client.get(reverse("time_off_requests")).content.decode()
    assert client.post(reverse("answer_time_off", args=[scene.time_off.pk]), {"do": "grant"}).status_code == 404
    assert not Availability.objects.exists()


def test_nobody_withdraws_for_others(scene):
    other = TimeOff.objects.create(agent=make_agent(), period=scene.time_off.period, asked_at=NOW)
    assert scene.client(scene.agent).post(reverse("withdraw_time_off", args=[other.pk])).status_code == 404
    assert scene.client(scene.agent).post(reverse("withdraw_time_off", args=[scene.time_off.pk])).status_code == 302
    assert list(TimeOff.objects.order_by("pk").values_list("status", flat=True)) == ["withdrawn", "asked"]
