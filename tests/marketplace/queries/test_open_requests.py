"""What waits for a word of dispatchers and admins: of their departments, counted in one statement."""

from datetime import timedelta

import pytest

from marketplace.actions.appeal import decide_appeal
from marketplace.actions.swap import accept_swap, ask_swap
from marketplace.models import Appeal, MarketPolicy, TimeOff
from marketplace.queries.open_requests import OpenRequests, Waits, open_requests
from skills.models import Skill, SkillRequest
from tests.factories import NOW, make_agent, make_department, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def retail():
    MarketPolicy.objects.update_or_create(pk=1, defaults={"swap_needs_approval": True})
    return make_department("Retail")


@pytest.fixture
def cards(retail):
    return make_queue("cards", department=retail)


def agreed(queue, *, start):
    """A swap that both people agree on."""
    booking, taker = hold(make_shift(queue, start=start), make_agent(queue)), make_agent(queue)
    swap = ask_swap(
        booking_id=booking.pk, agent_id=booking.agent_id, colleague_id=taker.pk, wants_id=None, actor="user:2", now=NOW
    )
    return accept_swap(swap_id=swap.pk, agent_id=taker.pk, actor="user:3", now=NOW)


def test_each_kind_is_counted_with_its_first(cards, retail, django_assert_num_queries):
    agent = make_agent(cards, department=retail)
    agreed(cards, start=TOMORROW + timedelta(hours=1))
    agreed(cards, start=TOMORROW)
    Appeal.objects.create(booking=hold(make_shift(cards), agent), text="The lift stood still.", made_at=NOW)
    for days in (9, 20):
        TimeOff.objects.create(
            agent=agent, period=(NOW + timedelta(days=days), NOW + timedelta(days=days + 1)), asked_at=NOW
        )
    SkillRequest.objects.create(agent=agent, skill=Skill.objects.create(name="Fraud"), level=3, asked_at=NOW)
    with django_assert_num_queries(1):
        found = open_requests(department_ids=[retail.pk], now=NOW)
    assert found == OpenRequests(time_off=Waits(2, NOW), swaps=Waits(2, TOMORROW), appeals=Waits(1, NOW))
    assert found.number == 5
    assert open_requests(department_ids=None, now=NOW).skills == Waits(1, NOW)


def test_what_is_answered_over_or_anothers_does_not_count(cards, retail):
    agreed(cards, start=TOMORROW)
    appeal = Appeal.objects.create(booking=hold(make_shift(cards), make_agent(cards)), text="Ill", made_at=NOW)
    decide_appeal(appeal_id=appeal.pk, upheld=False, answer="We saw you.", actor="user:1", now=NOW)
    assert open_requests(department_ids=[retail.pk], now=NOW).number == 1
    assert open_requests(department_ids=[retail.pk], now=TOMORROW).number == 0
    for others in ([make_department("Lending").pk], []):
        assert open_requests(department_ids=others, now=NOW) == OpenRequests()
