"""Need against staffed in a browser: read by keyboard and pointer, kept current by itself."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import expect

from gigcx.ledger.record import record
from marketplace.models import Forecast, QueueNow
from tests.factories import make_queue
from tests.screens.ahead import seed_ahead, seed_horizon, seed_supplies

pytestmark = pytest.mark.browser


@pytest.fixture
def ahead(floor):
    seed_ahead(rows=floor.queues, now=timezone.now())
    return floor


@transaction.atomic
def news(kind="forecast.corrected"):
    record(kind=kind, actor="clock", at=timezone.now(), data={})


def test_one_time_is_chosen_by_keyboard_for_all_strips(open_page, ahead):
    page = open_page(ahead.dispatcher, "/demand/")
    row = page.locator("#rows tr").first
    later = row.evaluate("row => [row.dataset.need, row.dataset.there].map(list => list.split(' ')[12])")
    slider = page.get_by_role("slider", name="Time that the figures are of")
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(row.locator("td[data-need]")).to_have_text(later[0])
    expect(row.locator("td[data-there]")).to_have_text(later[1])
    said = slider.get_attribute("aria-valuetext")
    assert re.fullmatch(r"\w+ \d+, \d\d:\d\d–\d\d:\d\d", said)
    expect(page.locator("[data-scrub-time]")).to_have_text(said.split(", ")[1][:5])
    page.keyboard.press("Home")
    expect(page.locator("[data-scrub-time]")).to_have_text("now")


def test_a_chart_is_read_by_keyboard_and_by_pointer_as_its_table_says(open_page, ahead):
    page = open_page(ahead.dispatcher, "/demand/")
    chart = page.locator("#day")
    cells = chart.locator(".behind tbody tr").nth(3).locator("th, td").all_text_contents()
    slider = chart.get_by_role("slider")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(chart.locator(".read")).to_contain_text(f"{cells[0]} · {cells[1]} needed · {cells[2]} staffed")
    assert slider.get_attribute("aria-valuetext").startswith(cells[0])
    slider.blur()
    box = chart.locator(".plot").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 3.5 / 48, box["y"] + 40)
    expect(chart.locator(".read")).to_contain_text(cells[0])
    page.mouse.move(5, 5)
    expect(chart.locator(".read")).to_be_empty()


def test_a_long_table_is_sifted_by_name_and_stays_so(open_page, ahead):
    department = ahead.queues["Cards — lost & stolen"].department
    for number in range(5):
        make_queue(f"extra {number}", department=department)
    page = open_page(ahead.dispatcher, "/demand/")
    box = page.get_by_role("searchbox", name="Find a queue")
    every = page.locator("#rows tr").count()
    box.fill("LOST")
    expect(page.locator("#rows tr:visible")).to_have_count(1)
    Forecast.objects.update(mean=4 * F("mean"), p10=4 * F("p10"), p90=4 * F("p90"))
    needed = page.locator("#rows tr:visible td[data-need]")
    before = needed.inner_text()
    news()
    expect(needed).not_to_have_text(before)
    expect(page.locator("#rows tr:visible")).to_have_count(1)
    box.fill("no such queue")
    expect(page.get_by_text("No queue has that in its name.")).to_be_visible()
    box.fill("")
    expect(page.locator("#rows tr:visible")).to_have_count(every)


def test_corrected_forecast_is_shown_without_being_asked(open_page, ahead):
    page = open_page(ahead.dispatcher, "/demand/")
    need = page.locator("#summary dd .quiet").first
    before = int(need.inner_text().strip("/"))
    Forecast.objects.update(mean=4 * F("mean"), p10=4 * F("p10"), p90=4 * F("p90"))
    news()
    expect(need).not_to_have_text(f"/{before}")
    assert int(need.inner_text().strip("/")) > 2 * before


def test_a_surge_rises_to_the_top_with_what_it_takes(open_page, ahead):
    QueueNow.objects.update(surge_since=None)
    page = open_page(ahead.dispatcher, "/demand/")
    expect(page.locator(".badge")).to_have_count(0)
    savings = ahead.queues["Savings"]
    began = (timezone.now() - timedelta(minutes=2)).timestamp()
    QueueNow.objects.filter(queue=savings).update(surge_since=began, surge_factor=6.0, surge_sure=0.99)
    news("surge.began")
    expect(page.locator("#rows tr").first).to_have_id(f"queue-{savings.pk}")
    expect(page.locator("#rows tr").first.locator(".badge")).to_contain_text("×6.0")
    page.get_by_role("link", name="Savings").click()
    expect(page.locator(".note.surge")).to_contain_text("6.0 times the forecast")


def test_certainty_is_chosen_and_the_mix_follows(open_page, ahead):
    queue = ahead.queues["Cards — lost & stolen"]
    seed_horizon(queue=queue, now=timezone.now(), weeks=4)
    seed_supplies(department=queue.department)
    page = open_page(ahead.admin, f"/demand/mix/?department={queue.department_id}")
    expect(page.get_by_role("heading", name="The year at 80 %")).to_be_visible()
    page.get_by_label("The need of a week is to be covered").select_option("95")
    expect(page.get_by_role("heading", name="The year at 95 %")).to_be_visible()
    expect(page.locator("#curve")).to_be_visible()
