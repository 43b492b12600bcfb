"""The form of a shift: made, changed, refused with reasons, and as many rows as it takes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from marketplace.models import Shift
from skills.models import Skill
from tests.factories import make_agent
from tests.marketplace.bookings import TOMORROW, hold, make_shift
from tests.marketplace.views.planning import form, make

HOUR = timedelta(hours=1)


def test_a_shift_is_made_as_a_draft_or_open(scene):
    skill = Skill.objects.create(name="Fraud")
    assert make(scene, skill_0=skill.pk, level_0=3, bonus_per_hour="2", notes="Headset")["HX-Redirect"]
    draft = Shift.objects.get()
    assert (draft.status, draft.starts_at, draft.ends_at) == ("draft", TOMORROW - HOUR, TOMORROW + 3 * HOUR)
    assert (draft.pay_per_hour, draft.bonus_per_hour, draft.pay, draft.notes) == (1850, 200, 7400, "Headset")
    assert draft.asks_skills.get().level == 3
    make(scene, do="open", queue="", starts="22:00", ends="06:00")
    standby = Shift.objects.latest("pk")
    assert (standby.status, standby.queue, standby.department) == ("open", None, scene.cards.department)
    assert standby.ends_at - standby.starts_at == 8 * HOUR


def test_what_was_drawn_is_what_the_form_begins_with(scene):
    drawn = {"from": int(TOMORROW.timestamp()), "until": int((TOMORROW + 2.5 * HOUR).timestamp())}
    asked = {"department": scene.cards.department_id, "queue": scene.cards.pk} | drawn
    html = scene.client(scene.dov).get(reverse("new_shift"), asked).content.decode()
    assert 'value="10:00"' in html
    assert 'value="12:30"' in html
    assert f'value="{scene.cards.pk}" selected' in html


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"places": 0}, 422, "field wrong"),
        ({"day": "soon"}, 422, "field wrong"),
        ({"day": "2026-03-09"}, 409, "start that is ahead"),
        ({"break_starts_0": "14:00", "break_minutes_0": 30}, 409, "Breaks lie within"),
        ({"break_starts_0": "10:00"}, 422, "A break has a start and a length."),
        ({"break_minutes_0": 30}, 422, "A break has a start and a length."),
        ({"level_0": 3}, 422, "Choose the skill"),
    ],
)
def test_what_is_wrong_is_told_in_the_form(scene, wrong, status, words):
    answer = make(scene, **wrong)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert not Shift.objects.exists()


def test_a_shift_is_changed_and_refused_with_reasons(scene):
    shift = make_shift(scene.cards, places=2, start=TOMORROW - HOUR, pay_per_hour=1850, pay=7400)
    hold(shift, make_agent(scene.cards))
    address, client = reverse("shift_sheet", args=[shift.pk]), scene.client(scene.dov)
    html = client.get(address).content.decode()
    assert "Take back" in html
    assert 'value="18.5' in html
    assert client.post(address, form(scene, places=4))["HX-Redirect"]
    refused = client.post(address, form(scene, starts="08:00"))
    assert (refused.status_code, "as they were promised" in refused.content.decode()) == (409, True)
    shift.refresh_from_db()
    assert (shift.places, shift.starts_at) == (4, TOMORROW - HOUR)


def test_rows_are_added_and_dropped_and_nothing_is_kept_before_it_is_pressed(scene):
    fraud, cards = (Skill.objects.create(name=name) for name in ("Fraud", "Chargebacks"))
    said = {
        "skill_0": fraud.pk,
        "level_0": 3,
        "skill_1": cards.pk,
        "level_1": 2,
        "break_starts_0": "10:00",
        "places": 7,
    }
    html = make(scene, **said, add="skill").content.decode()
    assert 'name="skill_2"' in html
    assert 'name="skill_3"' not in html
    assert f'value="{cards.pk}" selected' in html
    assert 'name="places" value="7"' in html
    html = make(scene, **said, drop="skill_0").content.decode()
    assert 'name="skill_1"' not in html
    assert f'value="{cards.pk}" selected' in html
    assert f'value="{fraud.pk}" selected' not in html
    html = make(scene, **said, drop="break_0").content.decode()
    assert 'value="10:00"' not in html
    assert not Shift.objects.exists()


def test_five_skills_and_three_breaks_stay_what_they_are_when_a_shift_is_changed(scene):
    skills = [Skill.objects.create(name=f"Skill {number}") for number in range(5)]
    said = {f"skill_{number}": skill.pk for number, skill in enumerate(skills)}
    said |= {f"level_{number}": number + 1 for number in range(5)}
    for number, at in enumerate(("12:00", "10:00", "11:00")):
        said |= {f"break_starts_{number}": at, f"break_minutes_{number}": 10 + number}
    assert make(scene, **said)["HX-Redirect"]
    shift = Shift.objects.get()
    assert sorted(ask.level for ask in shift.asks_skills.all()) == [1, 2, 3, 4, 5]
    assert [round((stop - begin) / 60) for begin, stop, _ in shift.breaks] == [11, 12, 10]
    html = scene.client(scene.dov).get(reverse("shift_sheet", args=[shift.pk])).content.decode()
    assert all(f'name="{kind}"' in html for kind in ("skill_4", "level_4", "break_starts_2", "break_minutes_2"))
    twice = make(scene, **said | {"skill_5": skills[0].pk})
    assert (twice.status_code, "stands above already" in twice.content.decode()) == (422, True)
    assert Shift.objects.count() == 1
