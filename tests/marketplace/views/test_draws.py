"""The draw of a shift as dispatchers see it, from the first who asks to drawing it again."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.actions.ask import ask_for_place
from marketplace.actions.draw import draw_due
from marketplace.actions.open_shifts import open_shifts
from marketplace.claiming.draw import main
from marketplace.models import Booking, Draw, MarketPolicy
from marketplace.queries.draws import tickets_of
from marketplace.vocabulary import Opening, ShiftState
from tests.factories import NOW, make_agent, make_user
from tests.marketplace.bookings import TOMORROW, hold, make_shift

UNTIL = NOW + timedelta(hours=1)


@pytest.fixture
def draw(scene):
    """A shift of cards whose one place is drawn in an hour."""
    MarketPolicy.objects.get_or_create(pk=1)
    shift = make_shift(scene.cards, status=ShiftState.DRAFT)
    open_shifts(shift_ids=[shift.pk], opening=Opening.DRAW, draw_until=UNTIL, actor="user:1", now=NOW)
    return Draw.objects.get(shift=shift)


def ask(draw, agent):
    return ask_for_place(shift_id=draw.shift_id, agent_id=agent.pk, actor="user:2", now=NOW)


def page(scene, draw, user=None):
    return scene.client(user or scene.dov).get(reverse("shift_draw", args=[draw.shift_id]))


def test_before_the_draw_the_page_says_who_asks_until_when_and_the_hash(scene, draw):
    assert "Nobody has asked yet." in page(scene, draw).content.decode()
    asked = ask(draw, scene.ada)
    html = page(scene, draw).content.decode()
    assert "may ask until today 11:00" in html
    assert "1 h 00 min left" in html
    assert draw.seed_hash in html
    assert draw.seed not in html
    assert f'<th scope="row">{scene.ada.name}</th>' in html
    assert f"<td>{asked.pk}</td>" in html
    assert reverse("draw_record", args=[draw.shift_id]) not in html


def test_after_it_the_page_says_what_came_out_and_why(scene, draw):
    ben, cleo = (make_agent(scene.cards, code=code) for code in ("ben", "cleo"))
    for agent in (scene.ada, ben, cleo):
        ask(draw, agent)
    hold(make_shift(scene.cards, start=TOMORROW + timedelta(hours=1)), cleo)
    draw_due(now=UNTIL)
    draw.refresh_from_db()
    html = page(scene, draw).content.decode()
    assert draw.seed in html
    assert (html.count("✓ drawn"), html.count(">waits</td>")) == (1, 1)
    assert "could not take it, waits: another shift then" in html
    found = tickets_of(draw=draw, now=UNTIL)
    assert [ticket.number for ticket in found] == draw.record["order"]
    assert [ticket.rank for ticket in found] == [1, 2, 3]
    assert [ticket.number for ticket in found if ticket.drawn] == draw.record["winners"]
    assert {ticket.number: ticket.agent for ticket in found} == {
        booking.pk: booking.agent for booking in Booking.objects.filter(shift=draw.shift_id)
    }


def test_the_record_draws_the_same_again(scene, draw, tmp_path, capsys):
    ask(draw, scene.ada)
    draw_due(now=UNTIL)
    saved = tmp_path / "record.json"
    for user in (scene.dov, scene.agent):
        answer = scene.client(user).get(reverse("draw_record", args=[draw.shift_id]))
        assert f'filename="draw-{draw.shift_id}.json"' in answer["Content-Disposition"]
        saved.write_bytes(answer.content)
        assert main([str(saved)]) == 0
        assert json.loads(capsys.readouterr().out)["winners"] == Draw.objects.get().record["winners"]


def test_there_is_no_record_before_the_draw(scene, draw):
    ask(draw, scene.ada)
    for user in (scene.dov, scene.agent):
        assert scene.client(user).get(reverse("draw_record", args=[draw.shift_id])).status_code == 404


def test_others_do_not_see_it(scene, draw):
    ask(draw, scene.ada)
    draw_due(now=UNTIL)
    stranger = make_agent(scene.cards, code="ulf", user=make_user("ulf@example.com"))
    assert page(scene, draw, scene.lena).status_code == 404
    assert page(scene, draw, scene.agent).status_code == 403
    assert page(scene, draw, scene.mina).status_code == 200
    live = f"{reverse('shift_draw_live')}?shift={draw.shift_id}"
    asked = [scene.client(user).get(live).status_code for user in (scene.lena, scene.agent, None)]
    assert asked == [404, 403, 401]
    assert scene.client(scene.dov).get(reverse("shift_draw_live"), {"shift": "-1"}).status_code == 404
    record = reverse("draw_record", args=[draw.shift_id])
    assert [scene.client(user).get(record).status_code for user in (scene.lena, stranger.user)] == [404, 404]
    assert scene.client(None).get(record).status_code == 302


def test_shifts_without_a_draw_have_no_page(scene):
    shift = make_shift(scene.cards)
    assert scene.client(scene.dov).get(reverse("shift_draw", args=[shift.pk])).status_code == 404


def test_the_planner_leads_to_it(scene, draw):
    ask(draw, scene.ada)
    address = reverse("shift_draw", args=[draw.shift_id])
    client = scene.client(scene.dov)
    assert address in client.get(reverse("shift_sheet", args=[draw.shift_id])).content.decode()
    listed = client.get(reverse("planner"), {"day": f"{TOMORROW:%Y-%m-%d}"}).content.decode()
    assert address in listed
    assert "draw today 11:00, 1 has asked" in listed


def test_the_page_reads_a_fixed_number_of_times(scene, draw):
    counts = []
    for number in (1, 2):
        for index in range(number):
            ask(draw, make_agent(scene.cards, code=f"a{number}{index}"))
        client = scene.client(scene.dov)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("shift_draw", args=[draw.shift_id]))
        counts.append(len(queries))
    assert counts[0] == counts[1]
