"""Skills are declared by agents and count once an admin has verified them."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from gigcx.ledger.models import Entry
from skills.actions.requests import ask_for_skill, refuse_skill, verify_skill, withdraw_skill_request
from skills.models import Proficiency, RequestState, Skill, SkillRequest
from tests.factories import NOW, make_agent, make_user

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {"actor": "user:2", "now": NOW}


@pytest.fixture
def asked():
    """A request for cards at level 3."""
    skill = Skill.objects.create(name="cards")
    return ask_for_skill(agent=make_agent(), skill=skill, level=3, evidence=" two years at Acme ", **WHO)


@pytest.fixture
def mina(db):
    """Who answers."""
    return make_user("mina@example.com", role="admin")


def kinds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("kind", flat=True))


def test_what_is_only_declared_does_not_count(asked):
    assert (asked.status, asked.evidence) == (RequestState.ASKED, "two years at Acme")
    assert not Proficiency.objects.exists()
    assert kinds() == ["skill.asked"]


def test_a_second_request_for_the_same_skill_is_refused(asked):
    with pytest.raises(ValidationError):
        ask_for_skill(agent=asked.agent, skill=asked.skill, level=4, evidence="", **WHO)
    assert (SkillRequest.objects.count(), kinds()) == (1, ["skill.asked"])


@pytest.mark.parametrize("level", [0, 6])
def test_a_level_that_is_none_is_refused(db, level):
    with pytest.raises(ValidationError):
        ask_for_skill(agent=make_agent(), skill=Skill.objects.create(name="cards"), level=level, evidence="", **WHO)
    assert (SkillRequest.objects.count(), kinds()) == (0, [])


def test_an_admin_verifies_at_the_level_that_is_true(asked, mina):
    until = NOW + timedelta(days=365)
    row = verify_skill(request_id=asked.pk, level=2, valid_until=until, note="good start", by=mina, **WHO)
    held = Proficiency.objects.get(agent=asked.agent, skill=asked.skill)
    assert (held.level, held.verified_at, held.verified_by, held.valid_until) == (2, NOW, mina, until)
    assert (row.status, row.answered_by, row.note) == (RequestState.VERIFIED, mina, "good start")
    assert kinds() == ["skill.asked", "competence.changed", "skill.verified"]


def test_a_higher_level_is_asked_for_a_lower_one_is_not(asked, mina):
    verify_skill(request_id=asked.pk, level=3, by=mina, **WHO)
    with pytest.raises(ValidationError):
        ask_for_skill(agent=asked.agent, skill=asked.skill, level=3, evidence="", **WHO)
    assert ask_for_skill(agent=asked.agent, skill=asked.skill, level=4, evidence="", **WHO).pk


def test_a_skill_that_has_expired_is_asked_for_again(asked, mina):
    verify_skill(request_id=asked.pk, level=3, valid_until=NOW + timedelta(days=1), by=mina, **WHO)
    later = {"actor": "user:2", "now": NOW + timedelta(days=2)}
    assert ask_for_skill(agent=asked.agent, skill=asked.skill, level=3, evidence="", **later).pk


def test_a_refusal_says_why(asked, mina):
    with pytest.raises(ValidationError):
        refuse_skill(request_id=asked.pk, note=" ", by=mina, **WHO)
    refuse_skill(request_id=asked.pk, note="Bring the certificate.", by=mina, **WHO)
    asked.refresh_from_db()
    assert (asked.status, asked.note) == (RequestState.REFUSED, "Bring the certificate.")
    assert not Proficiency.objects.exists()


def test_what_is_answered_is_not_answered_again(asked, mina):
    withdraw_skill_request(request_id=asked.pk, agent_id=asked.agent_id, **WHO)
    for answer in (
        lambda: verify_skill(request_id=asked.pk, level=3, by=mina, **WHO),
        lambda: refuse_skill(request_id=asked.pk, note="no", by=mina, **WHO),
        lambda: withdraw_skill_request(request_id=asked.pk, agent_id=asked.agent_id, **WHO),
    ):
        with pytest.raises(ValidationError):
            answer()
    assert (Proficiency.objects.count(), kinds()) == (0, ["skill.asked", "skill.withdrawn"])


def test_nobody_withdraws_the_requests_of_others(asked):
    with pytest.raises(SkillRequest.DoesNotExist):
        withdraw_skill_request(request_id=asked.pk, agent_id=make_agent().pk, **WHO)
    asked.refresh_from_db()
    assert asked.status == RequestState.ASKED


def test_an_end_in_the_past_is_refused(asked, mina):
    with pytest.raises(ValidationError):
        verify_skill(request_id=asked.pk, level=3, valid_until=NOW, by=mina, **WHO)
    assert not Proficiency.objects.exists()
