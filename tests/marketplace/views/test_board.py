"""The board as a page."""

import pytest
from django.test import Client
from django.urls import reverse

from gigcx.ledger.relay import publish_round
from marketplace.actions.dispatch import dispatch
from marketplace.models import Queue
from marketplace.views.board import board_state
from skills.models import Certificate, Certification
from tests.factories import NOW, make_agent, make_queue, make_user, on_duty


def test_board_shows_each_queue_with_its_people(scene):
    page = scene.client(scene.dov).get(reverse("board")).content.decode()
    assert f'id="queue-{scene.cards.pk}"' in page
    assert f'id="queue-{scene.loans.pk}"' not in page


def test_board_without_queues_tells_an_admin_how_to_load_some(db):
    client = Client()
    client.force_login(make_user("mina@example.com", role="admin"))
    page = client.get(reverse("board")).content.decode()
    assert "No queues yet" in page
    assert "manage.py load queues" in page


def test_board_without_departments_tells_a_dispatcher_to_ask(scene):
    scene.dov.departments.clear()
    page = scene.client(scene.dov).get(reverse("board")).content.decode()
    assert "Your admin has not given you a department" in page


def test_the_mode_of_the_only_department_is_said_in_the_head_and_set_in_one_place(scene):
    page = scene.client(scene.dov).get(reverse("board")).content.decode()
    assert "Matcher: <b>Auto</b>" in page
    assert page.count(f'id="mode-{scene.cards.department_id}-3"') == 1


@pytest.mark.parametrize("number", [1, 3])
def test_board_state_asks_the_same_number_of_times(scene, number, django_assert_num_queries):
    for index in range(number):
        queue = make_queue(f"more {index}")
        agent = make_agent(queue, scene.cards)
        on_duty(agent, queue)
        Certificate.objects.create(
            agent=agent, certification=Certification.objects.create(name=f"proof {index}"), valid_until=NOW
        )
        dispatch(agent_id=agent.pk, queue_id=scene.cards.pk, actor=scene.dov.ledger_name, now=NOW)
    publish_round(send_task=lambda name, kind: None)
    with django_assert_num_queries(19):
        board_state(department_ids=None, now=NOW)


@pytest.mark.parametrize("number", [1, 3])
def test_people_ask_once_however_many(scene, number, django_assert_num_queries):
    for _ in range(number):
        on_duty(make_agent(scene.cards), scene.cards)
    client = scene.client(scene.mina)
    with django_assert_num_queries(3):
        page = client.get(reverse("people")).content.decode()
    assert page.count('class="person"') == number + 1


def test_people_are_found_by_name_and_by_queue(scene):
    other = make_agent(scene.savings, code="bob")
    on_duty(other, scene.savings)
    client = scene.client(scene.dov)
    assert other.name not in client.get(reverse("people"), {"search": "ada"}).content.decode()
    assert other.name in client.get(reverse("people"), {"search": "sav"}).content.decode()


def test_queue_panel_lists_its_people_with_presence(scene):
    page = scene.client(scene.dov).get(reverse("queue", args=[scene.cards.pk])).content.decode()
    assert scene.ada.name in page
    assert "ready" in page


def test_closed_down_queue_is_not_found(scene):
    Queue.objects.filter(pk=scene.cards.pk).update(is_active=False)
    assert scene.client(scene.dov).get(reverse("queue", args=[scene.cards.pk])).status_code == 404


def test_why_shows_every_term_before_and_after(scene):
    side = {"rate_per_hour": 90, "waiting": 7, "longest_wait_seconds": 60, "target_share": 0.8}
    scene.move.run_id = None
    scene.move.terms = {
        "net": 2.6,
        "level": 3,
        "moves": 1,
        "idle_at_source": 4,
        "target": side | {"agents_before": 2, "agents_after": 3, "level_before": 0.41, "level_after": 0.74},
        "source": side | {"agents_before": 9, "agents_after": 8, "level_before": 0.95, "level_after": 0.93},
    }
    scene.move.save()
    page = scene.client(scene.dov).get(reverse("why", args=[scene.move.pk])).content.decode()
    assert "41 → <b>74 %</b>" in page
    assert "9 → <b>8</b>" in page


def test_pages_carry_no_inline_script_or_style(scene):
    for name in ("board", "people", "move", "timeline"):
        page = scene.client(scene.dov).get(reverse(name)).content.decode()
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick" not in page
    response = scene.client(scene.dov).get(reverse("board"))
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "style-src 'self'" in response["Content-Security-Policy"]
