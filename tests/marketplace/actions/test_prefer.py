"""What an agent would rather do is kept, told once, and checked."""

import pytest
from django.core.exceptions import ValidationError

from gigcx.ledger.models import Entry
from marketplace.actions.prefer import prefer
from marketplace.models import Preference
from tests.factories import NOW, make_agent, make_queue

pytestmark = pytest.mark.django_db(transaction=True)
FIGURES = {"work_place": "home", "hours_wanted": 20, "least_hours": 10, "most_hours": None}


def test_preferences_are_kept_and_told_once():
    agent, queue = make_agent(), make_queue("cards")
    asked = {"agent_id": agent.pk, "queues": [queue], "sites": [], "actor": "user:2", "now": NOW}
    assert prefer(**asked, **FIGURES)
    assert not prefer(**asked, **FIGURES)
    kept = Preference.objects.get(agent=agent)
    assert (kept.work_place, kept.hours_wanted, list(kept.queues.all())) == ("home", 20, [queue])
    assert Entry.objects.filter(kind="preference.changed", subject=f"agent:{agent.pk}").count() == 1


def test_hours_that_do_not_go_up_are_refused():
    agent = make_agent()
    with pytest.raises(ValidationError):
        prefer(
            agent_id=agent.pk, queues=[], sites=[], work_place="", hours_wanted=20, least_hours=30, most_hours=None,
            actor="user:2", now=NOW,
        )  # fmt: skip
    assert (Preference.objects.count(), Entry.objects.count()) == (0, 0)
