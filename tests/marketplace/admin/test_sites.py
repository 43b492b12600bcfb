"""The admin page of sites: who takes seats away is told when they are missing."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from gigcx.accounts.models import Role, Site
from tests.admin_site import fill_in, signed_in
from tests.factories import make_agent, make_duty, make_queue

pytestmark = pytest.mark.django_db


def said(answer):
    """The messages of an answer."""
    assert answer.status_code == 302
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_fewer_seats_than_people_are_saved_with_a_warning_that_names_when():
    mina, queue = signed_in(Role.ADMIN), make_queue("cards")
    site = Site.objects.create(name="<Milan>", seats=3)
    start = (timezone.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    for _ in range(2):
        make_duty(make_agent(queue), start=start, hours=4, site=site)
    assert not any("More people" in text for text in said(fill_in(mina, Site, site.pk, seats=2)))
    answer = fill_in(mina, Site, site.pk, seats=1)
    warning = next(text for text in said(answer) if "More people" in text)
    assert "it takes 2" in warning
    assert f"{start:%H:%M}" in warning
    site.refresh_from_db()
    assert site.seats == 1
    assert "&lt;Milan&gt;" in mina.get(answer.url).content.decode()
