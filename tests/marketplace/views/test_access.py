"""Who gets which page: every address of the marketplace's pages × every role; none is forgotten."""

import pytest
from django.urls import reverse

from marketplace.views.urls import urlpatterns
from tests.marketplace.bookings import make_shift

BOARD_PAGES = {"board", "board_live", "people", "timeline", "move", "demand", "demand_live", "mix", "shift_plan"}
BOARD_PAGES |= {"planner", "planner_live", "new_shift", "shift_templates"}
OWN_DEPARTMENT = {"queue", "why", "demand_queue", "shift_proposal", "shift_sheet"}
STEERING = {"accept_move", "reject_move", "undo_move", "pin", "heard", "mode", "stop"}
PLANNING = {"propose_shifts", "keep_proposal", "change_shifts", "shift_bulk", "pull_booking"}
PLANNING |= {"make_series", "save_template", "drop_template"}
ADMIN_PAGES = {"history", "history_upload", "history_file", "history_choose", "history_drop"}
"""Whose own table of who may is in test_history."""
AGENT_PAGES = {"today", "today_live", "open_shifts", "open_shifts_live", "me"}
TAPS = {"ready", "pause", "sign_off", "sign_on", "got_it", "object_to_move"}
TAPS |= {"claim", "undo_claim", "release", "keep_place", "check_in"}
STREAMS = {"board_live", "demand_live", "today_live", "open_shifts_live", "offers_live", "planner_live"}

AGENT_PAGES |= {"availability", "calendar", "calendar_feed"}
TAPS |= {"paint_availability", "set_weekly", "drop_weekly", "set_once", "drop_once"}
TAPS |= {"make_calendar_feed", "revoke_calendar_feed"}
OPEN = {"feed"}
"""Whoever knows the address may: test_feed."""

BOARD_PAGES |= {"appeals"}
PLANNING |= {"decide_appeal"}
AGENT_PAGES |= {"reliability"}
TAPS |= {"confirm", "ill", "confirm_today", "ill_today", "appeal"}

AGENT_PAGES |= {"offers", "offers_live"}
MARKET = {"accept_offer", "decline_offer", "join_waiting", "leave_waiting", "ask_for_place", "withdraw_request"}
MARKET |= {"ask_swap", "accept_swap", "decline_swap", "withdraw_swap"}
TAPS |= MARKET
BOARD_PAGES |= {"swaps"}
PLANNING |= {"approve_swap", "reject_swap"}
MARKET |= {"approve_swap", "reject_swap"}
OWN_ONLY = {"draw", "new_swap", "swap_return", "shift_draw", "shift_draw_live", "draw_record"}
"""Pages of a shift of one's own, or of one's department with a draw: test_offers, test_draws."""

BOARD_PAGES |= {"time_off_requests"}
OWN_DEPARTMENT |= {"time_off_request"}
PLANNING |= {"answer_time_off", "answer_skill"}
ADMIN_PAGES |= {"skill_requests"}
AGENT_PAGES |= {"my_skills", "my_time_off", "busy_calendars", "preferences"}
TAPS |= {"add_calendar", "read_calendar_file", "change_calendar"}
TAPS |= {"ask_skill", "withdraw_skill", "ask_time_off", "withdraw_time_off"}


def address(scene, name):
    if name == "shift_sheet":
        return reverse(name, args=[make_shift(scene.cards).pk])
    numbers = {
        "queue": [scene.cards.pk],
        "demand_queue": [scene.cards.pk],
        "why": [scene.move.pk],
        "accept_move": [scene.move.pk],
        "reject_move": [scene.move.pk],
        "undo_move": [scene.move.pk],
        "pin": [scene.ada.pk],
        "heard": [scene.objection.pk],
        "mode": [scene.cards.department_id],
        "shift_proposal": [scene.proposal.pk],
        "keep_proposal": [scene.proposal.pk],
        "pull_booking": [1],
        "save_template": [1],
        "drop_template": [1],
        "got_it": [scene.move.pk],
        "object_to_move": [scene.move.pk],
        **{name: [1] for name in ("claim", "undo_claim", "release", "keep_place", "check_in")},
        **{name: [1] for name in ("confirm", "ill", "confirm_today", "ill_today", "appeal", "decide_appeal")},
        **{name: [1] for name in sorted(MARKET)},
        **{name: [scene.time_off.pk] for name in ("time_off_request", "answer_time_off", "withdraw_time_off")},
        **{name: [1] for name in ("withdraw_skill", "answer_skill", "change_calendar")},
        "drop_weekly": [1],
        "drop_once": [1],
    }
    return reverse(name, args=numbers.get(name, []))


def test_every_address_is_in_one_of_the_tables():
    assert {pattern.name for pattern in urlpatterns} == (
        BOARD_PAGES | OWN_DEPARTMENT | STEERING | PLANNING | ADMIN_PAGES | AGENT_PAGES | TAPS | OPEN | OWN_ONLY
    )


@pytest.mark.parametrize("name", sorted(BOARD_PAGES | OWN_DEPARTMENT | AGENT_PAGES))
def test_page_sends_strangers_to_sign_in(scene, name):
    response = scene.client(None).get(address(scene, name))
    if name in STREAMS:
        assert response.status_code == 401
    else:
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(STEERING | PLANNING | TAPS | {"move"}))
def test_action_sends_strangers_to_sign_in(scene, name):
    response = scene.client(None).post(address(scene, name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(BOARD_PAGES | OWN_DEPARTMENT))
def test_board_is_not_for_agents(scene, name):
    assert scene.client(scene.agent).get(address(scene, name)).status_code == 403


@pytest.mark.parametrize("name", sorted(STEERING | PLANNING | {"move"}))
def test_steering_is_not_for_agents(scene, name):
    assert scene.client(scene.agent).post(address(scene, name)).status_code == 403


@pytest.mark.parametrize("name", sorted(AGENT_PAGES))
def test_today_is_not_for_people_who_are_no_agents(scene, name):
    assert scene.client(scene.dov).get(address(scene, name)).status_code == 403


@pytest.mark.parametrize("name", sorted(TAPS))
def test_taps_are_not_for_people_who_are_no_agents(scene, name):
    assert scene.client(scene.dov).post(address(scene, name)).status_code == 403


@pytest.mark.parametrize("name", sorted((BOARD_PAGES | OWN_DEPARTMENT) - STREAMS))
def test_board_is_for_dispatchers_and_admins(scene, name):
    for user in (scene.dov, scene.mina):
        assert scene.client(user).get(address(scene, name)).status_code == 200


@pytest.mark.parametrize("name", sorted(AGENT_PAGES - STREAMS))
def test_today_is_for_agents(scene, name):
    assert scene.client(scene.agent).get(address(scene, name)).status_code == 200


@pytest.mark.parametrize("name", sorted(OWN_DEPARTMENT))
def test_other_departments_are_not_found(scene, name):
    assert scene.client(scene.lena).get(address(scene, name)).status_code == 404


@pytest.mark.parametrize("name", sorted(STEERING - {"stop"}))
def test_other_departments_cannot_be_steered(scene, name):
    assert scene.client(scene.lena).post(address(scene, name), {"mode": "0"}).status_code == 404
    scene.move.refresh_from_db()
    scene.cards.department.refresh_from_db()
    scene.objection.refresh_from_db()
    assert (scene.move.status, scene.cards.department.mode, scene.objection.heard_at) == ("applied", 3, None)


def test_moving_takes_both_departments(scene):
    form = {"agent": scene.ada.pk, "queue": scene.loans.pk}
    assert scene.client(scene.lena).post(reverse("move"), form).status_code == 404
    assert scene.client(scene.dov).post(reverse("move"), form).status_code == 404
    scene.dov.departments.add(scene.loans.department)
    assert scene.client(scene.dov).post(reverse("move"), form).status_code == 200


@pytest.mark.parametrize("name", sorted(STEERING | PLANNING | TAPS))
def test_actions_are_by_post_only(scene, name):
    user = scene.agent if name in TAPS else scene.mina
    led_back = {"shift_bulk": 302}  # its address stands in the browser after a refusal; reloaded, it is the planner's
    assert scene.client(user).get(address(scene, name)).status_code == led_back.get(name, 405)


@pytest.mark.parametrize("name", sorted(STEERING | PLANNING | TAPS | {"move"}))
def test_actions_need_the_csrf_token(scene, name):
    user = scene.agent if name in TAPS else scene.mina
    assert scene.client(user, enforce_csrf_checks=True).post(address(scene, name)).status_code == 403


def test_deactivated_people_are_out_at_once(scene):
    client = scene.client(scene.dov)
    scene.dov.is_active = False
    scene.dov.save()
    assert client.get(reverse("board")).status_code == 302
