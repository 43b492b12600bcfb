"""Preferences are kept by a plain form."""

import pytest
from django.urls import reverse

from marketplace.models import Preference

pytestmark = pytest.mark.django_db(transaction=True)


def test_preferences_are_kept_and_shown(migrated, scene):
    client = scene.client(scene.agent)
    form = {
        "hours_wanted": "24",
        "least_hours": "",
        "most_hours": "30",
        "work_place": "home",
        "queues": [scene.cards.pk],
    }
    assert client.post(reverse("preferences"), form).status_code == 302
    row = Preference.objects.get(agent=scene.ada)
    assert (row.hours_wanted, row.most_hours, list(row.queues.all())) == (24, 30, [scene.cards])
    assert 'value="24' in client.get(reverse("preferences")).content.decode()


@pytest.mark.parametrize("form", [{"hours_wanted": "40", "most_hours": "30"}, {"hours_wanted": "200"}])
def test_hours_without_sense_are_refused(migrated, scene, form):
    assert scene.client(scene.agent).post(reverse("preferences"), form).status_code == 422
    assert not Preference.objects.exists()
