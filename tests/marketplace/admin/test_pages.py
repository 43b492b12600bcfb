"""Every admin page: who gets in, and that it opens, in few queries, within the content-security policy."""

import re

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client

from gigcx.accounts.models import Role
from marketplace.models import MarketPolicy, Policy
from skills.models import Skill
from tests.admin_site import address, signed_in

pytestmark = pytest.mark.django_db
admin.autodiscover()  # what gigcx.urls does, before there are tests to make of it
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
ADDED = [model for model in MODELS if admin.site._registry[model].has_add_permission.__qualname__.startswith("Base")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_list_opens_for_an_admin_and_nobody_else(model: type[Model]) -> None:
    url = address(model, "changelist")
    assert Client().get(url).status_code == 302
    for role, email in ((Role.AGENT, "ada@example.org"), (Role.DISPATCHER, "dov@example.org")):
        assert signed_in(role, email).get(url, follow=True).status_code == 403
    page = signed_in(Role.ADMIN).get(url)
    assert page.status_code == (302 if model in (Policy, MarketPolicy) else 200)


@pytest.mark.parametrize("model", ADDED, ids=lambda model: model._meta.label)
def test_form_keeps_to_the_content_security_policy(model: type[Model]) -> None:
    page = signed_in(Role.ADMIN).get(address(model, "add")).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)(?![^>]*application/json)", page)


def test_nobody_else_can_save() -> None:
    for role, email in ((Role.AGENT, "ada@example.org"), (Role.DISPATCHER, "dov@example.org")):
        answer = signed_in(role, email).post(address(Policy, "change", 1), {"stopped": "on"}, follow=True)
        assert answer.status_code == 403
    assert not Policy.objects.get(pk=1).stopped


def test_nothing_is_deleted_in_bulk() -> None:
    browser = signed_in(Role.ADMIN)
    Skill.objects.create(name="Cards")
    answer = browser.get(address(Skill, "changelist"))
    assert answer.context["cl"].result_count == 1
    assert "delete_selected" not in answer.content.decode()
