"""Requests of people in a real browser: the agent's pages and those who answer them, clean in both widths."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from marketplace.models import Duty, TimeOff
from skills.models import Skill, SkillRequest
from tests.marketplace.shifts import expect as forecast
from tests.screens.eyes import faults, sideways, small_targets

pytestmark = pytest.mark.browser
LOOKS = [(390, "dark"), (1440, "light")]


def seed(floor) -> TimeOff:
    """One request of each kind that waits, one that was answered, and a day on which people are needed."""
    agent, now = floor.agent.agent, timezone.now()
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=9)
    skills = [Skill.objects.create(name=name) for name in ("Mortgages", "Pensions")]
    SkillRequest.objects.create(agent=agent, skill=skills[0], level=4, asked_at=now, evidence="https://example.com/me")
    SkillRequest.objects.create(
        agent=agent, skill=skills[1], level=2, asked_at=now, status="refused", answered_at=now, note="Take the course."
    )
    queue = floor.queues["Cards — lost & stolen"]
    queue.forecast_set.all().delete()
    agent.department_id = queue.department_id
    agent.save()
    forecast(queue, start=morning, hours=6, an_hour=90)
    Duty.objects.create(agent=agent, queue=queue, period=(morning, morning + timedelta(hours=6)))
    return TimeOff.objects.create(
        agent=agent, period=(morning, morning + timedelta(days=2)), reason="wedding", asked_at=now
    )


def clean(page, width: int) -> None:
    assert faults(page) == []
    assert sideways(page) == 0
    if width == 390:
        assert small_targets(page) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_agents_pages_are_clean(open_page, floor, width, scheme):
    seed(floor)
    page = open_page(floor.agent, "/me/", width=width, scheme=scheme)
    for path in ("/me/", "/me/preferences/", "/me/skills/", "/me/calendars/", "/me/time-off/"):
        page.goto(path)
        clean(page, width)
    page.get_by_text("Only some hours").click()
    clean(page, width)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_whoever_answers_has_clean_pages(open_page, floor, width, scheme):
    row = seed(floor)
    page = open_page(floor.admin, "/people/requests/", width=width, scheme=scheme)
    for path in ("/people/requests/", "/people/time-off/", f"/people/time-off/{row.pk}/"):
        page.goto(path)
        clean(page, width)
    expect(page.get_by_role("table")).to_contain_text("▲")
    page.get_by_label("Note to the agent").fill("Enjoy it.")
    page.get_by_role("button", name="Grant").click()
    expect(page.get_by_role("status")).to_contain_text("Answered")
    clean(page, width)
