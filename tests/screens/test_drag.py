"""A person dragged onto a queue, with a mouse: the same question as by menu and keyboard, and nothing by accident."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from marketplace.actions.mode import set_stopped
from marketplace.models import AgentNow, Move, QueueNow
from tests.screens.eyes import faults

pytestmark = pytest.mark.browser


@pytest.fixture
def someone(floor):
    """Ready, not pinned, and able to go to Cards."""
    cards = floor.queues["Cards — lost & stolen"]
    able = AgentNow.objects.filter(agent__proficiencies__skill__name="Cards").exclude(queue=cards)
    return able.filter(presence=1, pinned=0).select_related("agent", "queue").first()


@pytest.fixture
def page(open_page, floor):
    """The board with everybody's list open."""
    page = open_page(floor.dispatcher, "/board/")
    page.keyboard.press("p")
    expect(page.get_by_role("searchbox")).to_be_focused()
    return page


def middle(page, selector):
    """Where to press: on the name in the list, and on a row well left of the sheet."""
    page.locator(selector).scroll_into_view_if_needed()
    box = page.locator(selector).bounding_box()
    return min(box["x"] + box["width"] / 2, 500 if "queue" in selector else 9999), box["y"] + box["height"] / 2


def lift(page, row):
    page.mouse.move(*middle(page, f"#person-{row.agent_id} .what b"))
    page.mouse.down()


def test_person_is_dragged_onto_a_queue_and_moved_after_before_and_after(page, floor, someone):
    cards = floor.queues["Cards — lost & stolen"]
    lift(page, someone)
    page.mouse.move(*middle(page, f"#queue-{cards.pk}"), steps=4)
    expect(page.locator(".carried")).to_have_text(someone.agent.name)
    expect(page.locator("#rows tr.aim")).to_have_id(f"queue-{cards.pk}")
    page.mouse.up()
    expect(page.locator("#sheet-title")).to_have_text(f"{someone.agent.name} → {cards.name}")
    expect(page.locator(".effect tbody tr")).to_have_count(2)
    expect(page.locator(".carried, .aim")).to_have_count(0)
    assert faults(page) == []
    assert AgentNow.objects.get(agent=someone.agent).queue == someone.queue
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#said")).to_contain_text("Moved.")
    assert AgentNow.objects.get(agent=someone.agent).queue == cards
    assert Move.objects.latest("pk").actor == floor.dispatcher.ledger_name


def test_rows_stay_under_the_pointer_while_somebody_is_carried(page, floor, someone):
    before = page.locator("#rows tr").evaluate_all("rows => rows.map(row => row.id)")
    lift(page, someone)
    page.mouse.move(*middle(page, f"#{before[2]}"), steps=4)
    QueueNow.objects.filter(queue=floor.queues["Savings"]).update(
        waiting=77, surge_since=timezone.now().timestamp(), surge_factor=5, surge_sure=1
    )
    for stopped in (True, False):
        set_stopped(stopped=stopped, actor="user:1", now=timezone.now())
    expect(page.locator(f"#queue-{floor.queues['Savings'].pk} .waiting b")).to_have_text("77")
    assert page.locator("#rows tr").evaluate_all("rows => rows.map(row => row.id)") == before
    expect(page.locator(".carried")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#sheet-title")).to_contain_text(someone.agent.name)


@pytest.mark.parametrize("how", ["Escape", "beside"])
def test_drag_that_is_given_up_changes_nothing(page, floor, someone, how):
    lift(page, someone)
    page.mouse.move(*middle(page, f"#queue-{floor.queues['Savings'].pk}"), steps=4)
    expect(page.locator(".carried")).to_be_visible()
    if how == "Escape":
        page.keyboard.press("Escape")
    else:
        page.mouse.move(300, 20, steps=3)
        expect(page.locator(".aim")).to_have_count(0)
    page.mouse.up()
    expect(page.locator(".carried, .aim")).to_have_count(0)
    expect(page.locator("#sheet-title")).to_have_text("Who is where")
    assert not Move.objects.filter(agent=someone.agent, actor=floor.dispatcher.ledger_name).exists()


def test_press_without_a_drag_is_none(page, someone):
    lift(page, someone)
    page.mouse.up()
    expect(page.locator(".carried")).to_have_count(0)
    page.locator(f"#take-{someone.agent_id}").click()
    expect(page.locator("#sheet-title")).to_have_text(f"Move {someone.agent.name} where?")
