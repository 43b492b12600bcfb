"""The agent's page in each of its states, and its taps."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.actions.answer import hear
from marketplace.actions.dispatch import dispatch
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Assignment, Booking, Duty, Objection
from marketplace.queries.today import Stage, today
from marketplace.views.today import today_state
from marketplace.vocabulary import BookingState
from tests.factories import NOW, make_agent, make_duty, make_user
from tests.marketplace.bookings import hold, make_shift


def page(scene):
    return scene.client(scene.agent).get(reverse("today")).content.decode()


def moved(scene):
    """Ada was moved to savings by Dov a moment ago."""
    return dispatch(
        agent_id=scene.ada.pk, queue_id=scene.savings.pk, actor=scene.dov.ledger_name, now=NOW, reason="surge there"
    )


def test_today_names_the_queue_and_until_when(scene):
    text = page(scene)
    assert '<h2 id="place">cards</h2>' in text
    assert "until 13:00" in text


def test_today_off_duty_shows_what_comes_next(scene):
    other = make_agent(scene.cards, user=make_user("eve@example.com"))
    make_duty(other, queue=scene.cards, start=NOW.replace(hour=14))
    state = today(agent=other, now=NOW)
    assert (state.stage, state.next_duty.queue) == (Stage.OFF_DUTY, scene.cards)
    client = Client()
    client.force_login(other.user)
    assert "Today 14:00–18:00" in client.get(reverse("today")).content.decode()


def test_today_without_a_queue_says_so(scene):
    AgentNow.objects.filter(agent=scene.ada).update(queue=None)
    assert "No queue yet" in page(scene)


def test_today_offline_says_to_sign_on_at_the_phone(scene):
    AgentNow.objects.filter(agent=scene.ada).update(presence=Presence.OFFLINE)
    assert "your phone system does not show you" in page(scene)


def test_a_move_asks_for_an_answer_and_says_why(scene):
    moved(scene)
    text = page(scene)
    assert "You were moved" in text
    assert "surge there" in text
    assert 'id="got-it"' in text


def test_got_it_ends_the_asking(scene):
    move = moved(scene)
    response = scene.client(scene.agent).post(reverse("got_it", args=[move.pk]))
    assert response.status_code == 200
    assert 'id="got-it"' not in response.content.decode()
    move.refresh_from_db()
    assert move.acknowledged_at == NOW


def test_objection_is_kept_with_its_words_and_changes_nothing_else(scene):
    move = moved(scene)
    response = scene.client(scene.agent).post(reverse("object_to_move", args=[move.pk]), {"text": "caller on hold"})
    assert Objection.objects.get(move=move).text == "caller on hold"
    assert AgentNow.objects.get(agent=scene.ada).queue == scene.savings
    answer = response.content.decode()
    assert answer.index("waits to be heard") < answer.index("Why you are here"), "folded away with the reason"
    hear(objection_id=Objection.objects.get(move=move).pk, actor="user:1", now=NOW)
    assert "Your objection was heard." in page(scene)


def test_somebody_elses_move_is_not_found(scene):
    other = make_user("eve@example.com")
    make_agent(scene.cards, user=other)
    client = Client()
    client.force_login(other)
    for name in ("got_it", "object_to_move"):
        assert client.post(reverse(name, args=[scene.move.pk])).status_code == 404
    scene.move.refresh_from_db()
    assert scene.move.acknowledged_at is None


def test_break_is_one_tap_with_its_reason_and_ready_another(scene):
    client = scene.client(scene.agent)
    client.post(reverse("pause"), {"reason": "lunch"})
    row = AgentNow.objects.get(agent=scene.ada)
    assert (row.wants, row.wants_reason) == (Presence.PAUSED, "lunch")
    assert 'id="ready"' in page(scene)
    client.post(reverse("ready"))
    row.refresh_from_db()
    assert (row.wants, row.wants_reason) == (Presence.READY, "")


def test_break_for_no_known_reason_is_a_plain_break(scene):
    scene.client(scene.agent).post(reverse("pause"), {"reason": "x" * 500})
    assert AgentNow.objects.get(agent=scene.ada).wants_reason == "break"


def test_sign_off_and_on_again(scene):
    client = scene.client(scene.agent)
    response = client.post(reverse("sign_off"))
    assert "You signed off" in response.content.decode()
    assert not AgentNow.objects.filter(agent=scene.ada).exists()
    client.post(reverse("sign_on"))
    assert Duty.objects.get(agent=scene.ada).signed_off_at is None


def test_a_tap_that_is_refused_says_why(scene):
    AgentNow.objects.filter(agent=scene.ada).delete()
    response = scene.client(scene.agent).post(reverse("ready"))
    assert response.status_code == 409
    assert "This person is not on duty now." in response.content.decode()


def test_taps_work_without_script(scene):
    client = Client()
    client.force_login(scene.agent)
    response = client.post(reverse("pause"), {"reason": "break"})
    assert (response.status_code, response["Location"]) == (302, reverse("today"))


def test_being_sent_back_is_said(scene):
    move = moved(scene)
    scene.client(scene.dov).post(reverse("undo_move", args=[move.pk]))
    assert Assignment.objects.get(agent=scene.ada, period__upper_inf=True).queue == scene.cards
    assert "sent you back here" in page(scene)


def test_today_says_that_a_place_given_back_late_is_still_ones_own(scene):
    hold(make_shift(scene.cards), scene.ada)
    assert "Held until somebody takes it over" not in page(scene)
    Booking.objects.update(status=BookingState.RELEASING)
    assert "Held until somebody takes it over. If nobody has by tomorrow" in page(scene)


@pytest.mark.parametrize("number", [1, 3])
def test_today_asks_the_same_number_of_times(scene, number, django_assert_num_queries):
    for _ in range(number):
        moved(scene)
        dispatch(agent_id=scene.ada.pk, queue_id=scene.cards.pk, actor="user:1", now=NOW)
    with django_assert_num_queries(14):
        today_state(agent_id=scene.ada.pk, now=NOW)


def test_me_lists_what_is_held_and_what_does_not_count(scene):
    held = scene.ada.proficiencies.get(skill__name="cards")
    held.valid_until = NOW
    held.save()
    text = scene.client(scene.agent).get(reverse("me")).content.decode()
    assert "does not count now" in text
    assert "savings" in text
