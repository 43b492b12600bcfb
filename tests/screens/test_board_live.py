"""The board in a browser: it follows the floor, nothing jumps under the pointer, and the keyboard does everything."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from marketplace.actions.dispatch import dispatch
from marketplace.actions.mode import set_stopped
from marketplace.models import AgentNow, Interval, Move, Objection, Policy, Queue, QueueNow
from tests.screens.eyes import faults

pytestmark = pytest.mark.browser


def order(page):
    return page.locator("#rows tr").evaluate_all("rows => rows.map(row => row.id)")


def news():
    """Something for the relay to tell the boards."""
    set_stopped(stopped=True, actor="user:1", now=timezone.now())
    set_stopped(stopped=False, actor="user:1", now=timezone.now())


def turn_over(floor):
    """Savings comes into more trouble than any other queue."""
    savings = floor.queues["Savings"]
    Interval.objects.filter(queue=savings).update(offered=500, answered_in_target=0)
    QueueNow.objects.filter(queue=savings).update(surge_since=timezone.now().timestamp(), surge_factor=5, surge_sure=1)
    news()


def test_board_shows_a_move_without_being_asked(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    savings, cards = floor.queues["Savings"], floor.queues["Cards — lost & stolen"]
    person = AgentNow.objects.filter(queue=savings).exclude(agent__moves__isnull=False).first().agent
    there = AgentNow.objects.filter(queue=cards).count()
    duty = page.locator(f"#queue-{cards.pk} .duty b")
    expect(duty).to_have_text(str(there))
    dispatch(agent_id=person.pk, queue_id=cards.pk, actor=floor.admin.ledger_name, now=timezone.now())
    expect(duty).to_have_text(str(there + 1))
    expect(page.locator("#moves li").filter(has_text=person.name).first).to_contain_text("by Mina")
    expect(page.locator("#timeline li").first).to_contain_text("Moved")


def test_order_is_kept_while_the_pointer_is_in_the_table_and_made_good_after(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    before = order(page)
    savings = f"queue-{floor.queues['Savings'].pk}"
    assert before[0] != savings
    page.locator(f"#{before[1]}").hover()
    turn_over(floor)
    expect(page.locator(f"#{savings}")).to_have_class(re.compile("surging"))
    assert order(page) == before
    expect(page.get_by_role("button", name="Order held: sort now")).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.locator("#rows tr").first).to_have_id(savings)
    expect(page.locator("#held")).to_be_hidden()


def test_order_is_kept_while_the_keyboard_is_in_the_table(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    before = order(page)
    name = page.locator(f"#{before[2]} .name button")
    name.focus()
    turn_over(floor)
    expect(page.locator(f"#queue-{floor.queues['Savings'].pk}")).to_have_class(re.compile("surging"))
    assert order(page) == before
    expect(name).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_changes_glow_once_and_stay_readable(open_page, floor, scheme):
    page = open_page(floor.dispatcher, "/board/", scheme=scheme, frozen=True)
    cards = floor.queues["Cards — lost & stolen"]
    cell = page.locator(f"#queue-{cards.pk} .waiting b")
    QueueNow.objects.filter(queue=cards).update(waiting=77)
    news()
    expect(cell).to_have_text("77")
    assert cell.evaluate("cell => cell.getAnimations().length") == 1
    other = page.locator(f"#queue-{floor.queues['Savings'].pk} .waiting b")
    assert other.evaluate("cell => cell.getAnimations().length") == 0
    assert faults(page) == []  # stopped where it glows most


def test_a_person_is_moved_with_the_keyboard_alone(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    cards = floor.queues["Cards — lost & stolen"]
    row = AgentNow.objects.exclude(queue=cards).filter(presence=1, pinned=0).select_related("agent").first()
    page.keyboard.press("m")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(row.agent.name)
    expect(page.locator("#picks button")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#sheet-title")).to_have_text(f"Move {row.agent.name} where?")
    first = page.locator("#picks button").first
    expect(first).to_contain_text("Cards")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".effect tbody tr")).to_have_count(2)
    assert AgentNow.objects.get(agent=row.agent).queue == row.queue
    expect(page.get_by_role("button", name="Move", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#said")).to_contain_text("Moved.")
    assert AgentNow.objects.get(agent=row.agent).queue == cards
    assert Move.objects.latest("pk").actor == floor.dispatcher.ledger_name


def test_m_on_a_person_moves_that_person(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    page.keyboard.press("p")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    name = page.locator(".person b").first.inner_text()
    page.keyboard.press("m")
    expect(page.locator("#sheet-title")).to_have_text(f"Move {name} where?")
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()


def test_a_refused_move_says_why_and_moves_nobody(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    row = AgentNow.objects.filter(presence=1, pinned=0).select_related("agent").first()
    row.agent.certificates.all().delete()
    target = next(queue for queue in floor.queues.values() if queue.pk != row.queue_id)
    page.keyboard.press("m")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(row.agent.name)
    expect(page.locator("#picks button")).to_have_count(1)
    page.keyboard.press("Enter")
    page.locator("#picks button").filter(has_text=target.name).click()
    expect(page.get_by_role("alert")).to_contain_text("A certification that the queue asks for is missing.")
    expect(page.get_by_role("button", name="Move", exact=True)).to_have_count(0)
    assert AgentNow.objects.get(agent=row.agent).queue == row.queue


def test_proposed_move_is_accepted_and_explained(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    move = next(move for move in floor.moves if move.status == "proposed")
    AgentNow.objects.filter(agent=move.agent).update(presence=1)
    page.locator(f"#why-{move.pk}").click()
    expect(page.locator("#sheet-title")).to_contain_text(f"Why {move.agent.name}")
    expect(page.locator(".terms .sum")).to_contain_text("+")
    page.keyboard.press("Escape")
    page.locator(f"#accept-{move.pk}").click()
    expect(page.locator("#said")).to_contain_text("Accepted")
    expect(page.locator(f"#move-{move.pk}")).to_have_class("applied")


def test_objection_is_shown_until_heard(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    expect(page.locator("#objections")).to_contain_text("my caller is still on hold")
    page.get_by_role("button", name="Heard").click()
    expect(page.locator("#objections")).not_to_contain_text("my caller")
    assert Objection.objects.get().heard_by == floor.dispatcher.ledger_name


def test_one_press_stops_everything_and_one_resumes(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    page.get_by_role("button", name="Stop all moves").click()
    expect(page.locator("#controls")).to_contain_text("All moves stopped")
    assert Policy.objects.get().stopped
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Stop all moves")).to_be_visible()
    assert not Policy.objects.get().stopped


def test_mode_of_a_department_is_one_press(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    department = floor.queues["Savings"].department
    page.get_by_role("button", name="Matcher:").click()
    shadow = page.get_by_role("group", name=f"{department.name}: how far").get_by_role("button", name="Shadow")
    shadow.click()
    expect(shadow).to_have_attribute("aria-pressed", "true")
    department.refresh_from_db()
    assert department.mode == 1


def test_filtered_timeline_stays_filtered(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    page.get_by_label("Kind").select_option("surges")
    lines = page.locator("#timeline li:not(.more)")
    expect(lines).to_have_count(2)
    news()
    expect(page.locator("#summary")).to_be_visible()
    cards = floor.queues["Cards — lost & stolen"]
    person = AgentNow.objects.exclude(queue=cards).select_related("agent").exclude(agent__moves__isnull=False).first()
    dispatch(agent_id=person.agent_id, queue_id=cards.pk, actor="user:1", now=timezone.now())
    expect(page.locator("#moves")).to_contain_text(person.agent.name)
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("Surge")


def test_who_was_signed_out_meanwhile_comes_to_the_sign_in_page(open_page, floor):
    page = open_page(floor.dispatcher, "/board/")
    floor.dispatcher.session_epoch += 1
    floor.dispatcher.save()
    page.get_by_role("button", name="Stop all moves").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not Policy.objects.get().stopped
    open_page.complaints.clear()  # the browser notes the refused stream, if it came first


def test_first_queues_appear_by_themselves(open_page, floor):
    floor.dispatcher.departments.clear()
    page = open_page(floor.dispatcher, "/board/")
    expect(page.get_by_role("heading", name="No queues yet")).to_be_visible()
    Queue.objects.update(is_active=False)
    page.close()
    page = open_page(floor.admin, "/board/")
    expect(page.get_by_role("heading", name="No queues yet")).to_be_visible()
    Queue.objects.update(is_active=True)
    news()
    expect(page.locator("#rows tr")).to_have_count(6)


def test_a_lost_line_is_said_and_found_again(open_page, floor, site):
    page = open_page(floor.dispatcher, "/board/")
    expect(page.locator("#lost")).to_be_empty()
    site.stop("web")
    expect(page.locator("#lost")).to_contain_text("Connection lost. You see what was so at")
    QueueNow.objects.filter(queue=floor.queues["Savings"]).update(waiting=66)
    site.start_web()
    expect(page.locator("#lost")).to_be_empty(timeout=15_000)
    expect(page.locator(f"#queue-{floor.queues['Savings'].pk} .waiting b")).to_have_text("66")
    open_page.complaints.clear()  # the browser notes the refused connections
