"""The agent's phone in a browser: a move arrives by itself, and every answer is one tap or one key."""

import statistics
import time
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from marketplace.actions.dispatch import dispatch
from marketplace.actions.ingest import AgentReport, Batch, ingest
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Objection

pytestmark = pytest.mark.browser


def press(page, name):
    """Reach a control with Tab alone and press it."""
    for _ in range(25):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and focused.inner_text().strip() == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} was not reached with Tab")


def row(floor):
    return AgentNow.objects.get(agent__user=floor.agent)


def test_a_move_arrives_within_a_second(open_page, floor):
    page = open_page(floor.agent, "/today/", width=390)
    expect(page.locator("#place")).to_have_text("Cards — lost & stolen")
    took = []
    for name in ("Savings", "Cards — lost & stolen") * 2 + ("Savings",):
        dispatch(
            agent_id=floor.agent.agent.pk,
            queue_id=floor.queues[name].pk,
            actor=floor.dispatcher.ledger_name,
            now=timezone.now(),
            reason="ill there",
        )
        began = time.monotonic()
        expect(page.locator("#place")).to_have_text(name)
        took.append(time.monotonic() - began)
    assert statistics.median(took) < 1
    expect(page.locator("#today")).to_contain_text("Dov moved you. “ill there”")


def test_got_it_by_keyboard(open_page, floor):
    page = open_page(floor.agent, "/today/", width=390)
    press(page, "Got it")
    expect(page.locator("#got-it")).to_have_count(0)
    assert floor.agent.agent.moves.get().acknowledged_at is not None


def test_objection_by_keyboard(open_page, floor):
    page = open_page(floor.agent, "/today/", width=390)
    press(page, "Object")
    page.keyboard.press("Tab")
    page.keyboard.type("caller on hold")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#today")).to_contain_text("Your objection waits to be heard.")
    assert Objection.objects.get(move__agent__user=floor.agent).text == "caller on hold"


def test_typed_words_survive_what_arrives_meanwhile(open_page, floor):
    page = open_page(floor.agent, "/today/", width=390)
    press(page, "Object")
    page.keyboard.press("Tab")
    page.keyboard.type("caller on")
    batch = [AgentReport(agent=floor.agent.agent.code, at=timezone.now(), presence=Presence.ON_CONTACT)]
    ingest(batch=_batch(batch), actor="token:1", now=timezone.now())
    expect(page.locator(".chip")).to_have_text("On a contact")
    page.keyboard.type(" hold")
    expect(page.locator("#text")).to_have_value("caller on hold")
    expect(page.locator("#text")).to_be_focused()


def test_break_ready_and_sign_off_by_keyboard(open_page, floor):
    page = open_page(floor.agent, "/today/", width=390)
    press(page, "Lunch")
    expect(page.locator(".chip")).to_have_text("Lunch")
    assert (row(floor).wants, row(floor).wants_reason) == (Presence.PAUSED, "lunch")
    batch = [AgentReport(agent=floor.agent.agent.code, at=timezone.now(), presence=Presence.PAUSED, reason="lunch")]
    ingest(batch=_batch(batch), actor="token:1", now=timezone.now())
    expect(page.locator(".chip")).to_have_text("Lunch")
    press(page, "Ready")
    expect(page.locator("#today")).to_contain_text("Your phone system still shows a break.")
    assert row(floor).wants == Presence.READY
    batch = [AgentReport(agent=floor.agent.agent.code, at=timezone.now(), presence=Presence.READY)]
    ingest(batch=_batch(batch), actor="token:1", now=timezone.now())
    expect(page.locator(".chip")).to_have_text("Ready")
    press(page, "Sign off")
    expect(page.locator("#place")).to_have_text("You signed off")
    assert not AgentNow.objects.filter(agent__user=floor.agent).exists()
    press(page, "Sign on again")
    expect(page.locator("#place")).not_to_have_text("You signed off")


def test_today_works_without_script(floor, site, chromium, open_page):
    page = open_page(floor.agent, "/today/", width=390)
    cookies = page.context.cookies()
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    context.add_cookies(cookies)
    plain = context.new_page()
    plain.goto("/today/")
    plain.get_by_role("button", name="Got it").click()
    expect(plain.locator("#got-it")).to_have_count(0)
    plain.get_by_role("button", name="Lunch").click()
    expect(plain.locator(".chip")).to_have_text("Lunch")
    assert row(floor).wants_reason == "lunch"
    context.close()


def _batch(reports):
    return Batch(id=uuid4(), sent_at=timezone.now(), agents=tuple(reports))
