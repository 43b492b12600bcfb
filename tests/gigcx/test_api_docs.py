"""The API describes itself: a schema without complaints, and a page that reads without any other host."""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Page

pytestmark = pytest.mark.django_db


def test_schema_is_valid_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True)
    assert "openapi: 3" in capsys.readouterr().out


def test_schema_describes_the_two_calls_of_a_switch() -> None:
    schema = Client().get("/api/schema/?format=json").json()
    post = schema["paths"]["/api/v1/telemetry/"]["post"]
    assert set(post["responses"]) == {"202", "400", "401", "403", "409", "413", "415", "422"}
    assert "Idempotency-Key" in {one["name"] for one in post["parameters"]}
    assert list(post["responses"]["422"]["content"]) == ["application/problem+json"]
    rows = schema["components"]["schemas"]["QueueReport"]["properties"]
    assert rows["interval_seconds"]["minimum"] == 1
    follow = schema["paths"]["/api/v1/assignments/"]["get"]
    assert {one["name"] for one in follow["parameters"]} == {"after", "wait"}
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_api_docs_name_every_call_and_every_member() -> None:
    page = Client().get("/api/docs/").content.decode()
    schema = Client().get("/api/schema/?format=json").json()
    for path in schema["paths"]:
        assert path in page
    for shape in schema["components"]["schemas"].values():
        for member in shape.get("properties", {}):
            assert f"<code>{member}</code>" in page


def test_api_docs_lead_nowhere_that_is_not_there() -> None:
    page = Client().get("/api/docs/").content.decode()
    targets = set(re.findall(r'href="#([^"]*)"', page))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]*)"', page))


def test_api_docs_need_no_other_host_and_nothing_inline() -> None:
    answer = Client().get("/api/docs/")
    page = answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert "<script>" not in page
    assert "style=" not in page


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.django_db(transaction=True)
def test_api_docs_fit_the_screen_and_break_no_policy(live_server: object, page: Page, width: int) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server}/api/docs/")
    assert page.locator("h2").count() > 5
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert not complaints
