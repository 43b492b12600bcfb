"""What the board's buttons do: one action each, and what is refused changes nothing."""

from django.test import Client
from django.urls import reverse

from gigcx.ledger.models import Entry
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Move, Policy
from tests.factories import NOW


def where(agent):
    return AgentNow.objects.get(agent=agent).queue


def propose(scene):
    return Move.objects.create(
        agent=scene.ada,
        source=scene.cards,
        target=scene.savings,
        status="proposed",
        mode=2,
        created_at=NOW,
        actor="matcher",
    )


def test_accept_makes_the_move_and_answers_with_the_board(scene):
    move = propose(scene)
    response = scene.client(scene.dov).post(reverse("accept_move", args=[move.pk]))
    assert response.status_code == 200
    assert where(scene.ada) == scene.savings
    assert f'hx-target="#queue-{scene.savings.pk}"' in response.content.decode()
    assert "Accepted" in response.content.decode()


def test_accept_by_one_of_two_departments_is_not_enough(scene):
    move = Move.objects.create(
        agent=scene.ada,
        source=scene.cards,
        target=scene.loans,
        status="proposed",
        mode=2,
        created_at=NOW,
        actor="matcher",
    )
    assert scene.client(scene.dov).post(reverse("accept_move", args=[move.pk])).status_code == 403
    assert where(scene.ada) == scene.cards


def test_accept_of_what_is_no_longer_possible_says_why_and_changes_nothing(scene):
    move = propose(scene)
    AgentNow.objects.filter(agent=scene.ada).update(queue=scene.loans)
    response = scene.client(scene.dov).post(reverse("accept_move", args=[move.pk]))
    assert response.status_code == 409
    assert "The floor has changed since this was planned." in response.content.decode()
    move.refresh_from_db()
    assert (move.status, where(scene.ada)) == ("proposed", scene.loans)


def test_reject_leaves_everybody_where_they_are(scene):
    move = propose(scene)
    assert scene.client(scene.dov).post(reverse("reject_move", args=[move.pk])).status_code == 200
    move.refresh_from_db()
    assert (move.status, where(scene.ada)) == ("rejected", scene.cards)


def test_undo_sends_the_agent_back_and_pins(scene):
    assert scene.client(scene.dov).post(reverse("undo_move", args=[scene.move.pk])).status_code == 200
    row = AgentNow.objects.get(agent=scene.ada)
    assert (row.queue, row.pinned) == (scene.savings, 1)


def test_pin_and_unpin(scene):
    client = scene.client(scene.dov)
    client.post(reverse("pin", args=[scene.ada.pk]), {"pinned": "1"})
    assert AgentNow.objects.get(agent=scene.ada).pinned == 1
    client.post(reverse("pin", args=[scene.ada.pk]), {"pinned": "0"})
    assert AgentNow.objects.get(agent=scene.ada).pinned == 0


def test_heard_takes_the_objection_off_the_board(scene):
    client = scene.client(scene.dov)
    assert "caller on hold" in client.get(reverse("board")).content.decode()
    client.post(reverse("heard", args=[scene.objection.pk]))
    scene.objection.refresh_from_db()
    assert (scene.objection.heard_at, scene.objection.heard_by) == (NOW, scene.dov.ledger_name)
    assert "caller on hold" not in client.get(reverse("board")).content.decode()


def test_mode_is_set_by_the_dispatcher_of_the_department(scene):
    scene.client(scene.dov).post(reverse("mode", args=[scene.cards.department_id]), {"mode": "1"})
    scene.cards.department.refresh_from_db()
    assert scene.cards.department.mode == 1


def test_mode_that_is_none_is_a_bad_request(scene):
    response = scene.client(scene.dov).post(reverse("mode", args=[scene.cards.department_id]), {"mode": "9"})
    scene.cards.department.refresh_from_db()
    assert (response.status_code, scene.cards.department.mode) == (400, 3)


def test_stop_and_resume(scene):
    client = scene.client(scene.dov)
    response = client.post(reverse("stop"), {"stopped": "1"})
    assert "All moves stopped" in response.content.decode()
    assert Policy.objects.get().stopped
    client.post(reverse("stop"), {"stopped": "0"})
    assert not Policy.objects.get().stopped
    kinds = list(Entry.objects.filter(kind__startswith="matcher.").order_by("id").values_list("kind", "actor"))
    assert kinds == [("matcher.stopped", scene.dov.ledger_name), ("matcher.resumed", scene.dov.ledger_name)]


def test_buttons_work_without_script(scene):
    client = Client()
    client.force_login(scene.dov)
    response = client.post(reverse("stop"), {"stopped": "1"})
    assert (response.status_code, response["Location"]) == (302, reverse("board"))


def test_move_by_hand_shows_both_queues_before_it_moves(scene):
    response = scene.client(scene.dov).get(reverse("move"), {"agent": scene.ada.pk, "queue": scene.savings.pk})
    page = response.content.decode()
    assert "cards" in page
    assert "1 → <b>0</b>" in page
    assert "0 → <b>1</b>" in page
    assert where(scene.ada) == scene.cards


def test_move_by_hand_moves_pins_and_keeps_the_reason(scene):
    form = {"agent": scene.ada.pk, "queue": scene.savings.pk, "pin": "1", "reason": "training"}
    response = scene.client(scene.dov).post(reverse("move"), form)
    assert response.status_code == 200
    assert response["HX-Trigger"] == "sheet:close"
    row = AgentNow.objects.get(agent=scene.ada)
    assert (row.queue, row.pinned) == (scene.savings, 1)
    move = Move.objects.latest("pk")
    assert (move.actor, move.reason) == (scene.dov.ledger_name, "training")


def test_move_by_hand_says_every_refusal_first_and_offers_no_button(scene):
    scene.ada.proficiencies.all().delete()
    client = scene.client(scene.dov)
    query = {"agent": scene.ada.pk, "queue": scene.savings.pk}
    page = client.get(reverse("move"), query).content.decode()
    assert "A skill that the queue asks for is missing or not verified." in page
    assert 'name="pin"' not in page
    response = client.post(reverse("move"), query)
    assert response.status_code == 409
    assert where(scene.ada) == scene.cards


def test_move_by_hand_names_what_the_matcher_would_mind(scene):
    AgentNow.objects.filter(agent=scene.ada).update(presence=Presence.ON_CONTACT)
    query = {"agent": scene.ada.pk, "queue": scene.savings.pk}
    page = scene.client(scene.dov).get(reverse("move"), query).content.decode()
    assert "only those who are idle are moved" in page
    assert 'name="pin"' in page


def test_why_of_a_proposal_ends_with_the_decision_and_of_a_made_move_does_not(scene):
    client = scene.client(scene.dov)
    move = propose(scene)
    open_one, made = (client.get(reverse("why", args=[pk])).content.decode() for pk in (move.pk, scene.move.pk))
    assert reverse("accept_move", args=[move.pk]) in open_one
    assert reverse("reject_move", args=[move.pk]) in open_one
    assert "accept" not in made
