"""The app on a phone: what the browser reads to install it, and what it keeps."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from gigcx.installable import SHELL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_collected(settings, tmp_path):
    """Static files as they lie."""
    settings.STATIC_ROOT = tmp_path


def test_the_manifest_names_icons_that_are_there():
    response = Client().get("/manifest.webmanifest")
    said = json.loads(response.content)
    assert response["Content-Type"] == "application/manifest+json"
    assert (said["start_url"], said["scope"], said["display"]) == ("/", "/", "standalone")
    assert {icon["sizes"] for icon in said["icons"]} == {"192x192", "512x512"}
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in said["icons"])


def test_the_worker_comes_from_the_root_and_keeps_no_page_but_the_offline_one():
    response = Client().get("/service-worker.js")
    assert response["Content-Type"] == "text/javascript"
    assert "no-cache" in response["Cache-Control"]
    files = re.search(r"FILES = \[(.*?)\]", response.content.decode()).group(1)
    kept = [name.encode().decode("unicode_escape") for name in re.findall(r'"([^"]*)"', files)]
    assert [name for name in kept if not name.startswith("/static/")] == [reverse("offline")]
    assert len(kept) == 1 + len(SHELL)
    assert all(finders.find(name) for name in SHELL)


def test_the_offline_page_is_the_same_for_everybody(django_user_model):
    known = Client()
    known.force_login(django_user_model.objects.create_user("ada@example.org", theme="dark"))
    response = known.get("/offline/")
    assert response.content == Client().get("/offline/").content
    assert not response.cookies
