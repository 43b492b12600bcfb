"""What a dispatcher changes between the judging of a claim and its taking: the claim is judged again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from marketplace.actions import claim as claiming
from marketplace.actions.change_shift import change_shift, set_bonus
from marketplace.actions.make_shift import make_shift
from marketplace.actions.refused import ClaimRefused
from marketplace.actions.shift_figures import figures_of
from marketplace.models import Booking, Shift
from skills.models import Skill
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.plans import wanted

pytestmark = pytest.mark.django_db(transaction=True)
Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def shift() -> Shift:
    return make_shift(figures=wanted(make_queue("cards")), open_now=True, actor="user:7", now=NOW)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen once, right after the facts of a claim were read."""
    read = claiming.read_claim

    def then(happens: Callable[[], object]) -> None:
        left = [happens]

        def read_and_change(**which: object) -> object:
            seen = read(**which)
            if left:
                left.pop()()
            return seen

        monkeypatch.setattr(claiming, "read_claim", read_and_change)

    return then


def change(shift: Shift, **figures: object) -> None:
    change_shift(shift_id=shift.pk, figures=replace(figures_of(shift), **figures), actor="user:7", now=NOW)


def test_the_place_pays_what_the_shift_pays_by_then(shift: Shift, meanwhile: Meanwhile) -> None:
    agent = make_agent(shift.queue)
    meanwhile(lambda: change(shift, pay_per_hour=3600))
    claiming.claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW)
    shift.refresh_from_db()
    assert (Booking.objects.get().pay, shift.pay) == (shift.pay, 14400)


def test_a_bonus_counts_for_whoever_claims_just_then(shift: Shift, meanwhile: Meanwhile) -> None:
    agent = make_agent(shift.queue)
    meanwhile(lambda: set_bonus(shift_ids=[shift.pk], bonus_per_hour=500, actor="user:7", now=NOW))
    claiming.claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW)
    assert Booking.objects.get().pay == shift.pay + 4 * 500


def test_nobody_gets_a_place_without_the_skill_that_is_asked_by_then(shift: Shift, meanwhile: Meanwhile) -> None:
    agent, fraud = make_agent(shift.queue), Skill.objects.create(name="Fraud")
    meanwhile(lambda: change(shift, skills={fraud.pk: 2}))
    with pytest.raises(ClaimRefused) as refusal:
        claiming.claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW)
    assert refusal.value.reasons == ("skill_missing",)
    shift.refresh_from_db()
    assert (shift.taken, Booking.objects.count()) == (0, 0)
