"""Facts of many shifts are those of each alone."""

from datetime import timedelta

import pytest
from django.db import transaction

from marketplace.claiming.eligibility import refusals
from marketplace.claiming.facts import Ask
from marketplace.claiming.reasons import ClaimRefusal
from marketplace.models import MarketPolicy, ShiftCertification, ShiftSkill
from marketplace.queries.claim_facts import read_claim, read_facts
from skills.models import Certification, Skill
from tests.factories import NOW, make_agent, make_department, make_duty, make_queue
from tests.marketplace.bookings import TOMORROW, make_shift


@pytest.mark.django_db
def test_what_a_shift_asks_beyond_its_queue_is_known_among_many():
    MarketPolicy.objects.get_or_create(pk=1)
    queue = make_queue("cards")
    card, proof = Skill.objects.get(), Certification.objects.create(name="Proof")
    plain, raised = (make_shift(queue, start=TOMORROW + timedelta(hours=6 * number)) for number in range(2))
    other = make_shift(make_queue("loans"), start=TOMORROW + timedelta(days=1))
    standby = make_shift(None, department=make_department(), start=TOMORROW + timedelta(days=2))
    for shift in (raised, standby):
        ShiftSkill.objects.create(shift=shift, skill=card, level=4)
        ShiftCertification.objects.create(shift=shift, certification=proof)
    agent = make_agent(queue)
    found = read_facts(agent_id=agent.pk, shift_ids=[plain.pk, raised.pk, other.pk, standby.pk], now=NOW)
    asked = {pk: (facts.shift.skills, facts.shift.certifications) for pk, facts in found.items()}
    more = ((Ask(card.pk, 4, "cards"),), (Ask(proof.pk, 1, "Proof"),))
    loans = Skill.objects.get(name="loans")
    assert asked == {
        plain.pk: ((Ask(card.pk, 1, "cards"),), ()),
        raised.pk: more,
        other.pk: ((Ask(loans.pk, 1, "loans"),), ()),
        standby.pk: more,
    }
    for pk, facts in found.items():
        assert read_claim(agent_id=agent.pk, shift_id=pk, now=NOW).facts == facts


@pytest.mark.django_db
def test_rules_are_kept_for_all_shifts_of_a_queue(django_assert_num_queries):
    queue = make_queue("cards")
    agent, shifts = make_agent(queue), [make_shift(queue, start=TOMORROW + timedelta(days=day)) for day in range(3)]
    for shift, statements in zip(shifts, (2, 1, 1), strict=True):
        with django_assert_num_queries(statements):
            assert read_claim(agent_id=agent.pk, shift_id=shift.pk, now=NOW).facts.shift.skills[0].name == "cards"


@pytest.mark.django_db
def test_whatever_rule_changes_is_known_at_once():
    queue = make_queue("cards")
    agent, shift = make_agent(queue), make_shift(queue)
    card, other, proof = Skill.objects.get(), Skill.objects.create(name="Other"), Certification.objects.create(name="A")

    def seen():
        facts = read_claim(agent_id=agent.pk, shift_id=shift.pk, now=NOW).facts
        assert facts == read_facts(agent_id=agent.pk, shift_ids=[shift.pk], now=NOW)[shift.pk]
        return facts

    assert seen().limits.undo_seconds != 7
    MarketPolicy.objects.update(undo_seconds=7)
    assert seen().limits.undo_seconds == 7
    queue.asks_skills.update(level=5)
    assert seen().shift.skills == (Ask(card.pk, 5, "cards"),)
    Skill.objects.filter(pk=card.pk).update(name="Cards")
    assert seen().shift.skills == (Ask(card.pk, 5, "Cards"),)
    other.implies.add(card)
    assert seen().implies == {(other.pk, card.pk)}
    queue.asks_certifications.create(certification=proof)
    Certification.objects.filter(pk=proof.pk).update(name="B")
    assert seen().shift.certifications == (Ask(proof.pk, 1, "B"),)
    queue.asks_skills.all().delete()
    assert seen().shift.skills == ()


@pytest.mark.django_db
def test_what_one_shift_asks_beyond_is_kept_for_no_other():
    queue = make_queue("cards")
    agent, one, two = make_agent(queue), make_shift(queue), make_shift(queue, start=TOMORROW + timedelta(days=1))
    ShiftSkill.objects.create(shift=one, skill=Skill.objects.create(name="More"), level=2)
    for shift, names in ((one, ["More", "cards"]), (two, ["cards"]), (one, ["More", "cards"])):
        asked = read_claim(agent_id=agent.pk, shift_id=shift.pk, now=NOW).facts.shift.skills
        assert [ask.name for ask in asked] == names


@pytest.mark.django_db
def test_rules_that_were_taken_back_are_not_kept():
    queue = make_queue("cards")
    agent, shift = make_agent(queue), make_shift(queue)

    def undo_seconds():
        return read_claim(agent_id=agent.pk, shift_id=shift.pk, now=NOW).facts.limits.undo_seconds

    for seconds in (8, 9):
        with transaction.atomic():
            MarketPolicy.objects.update(undo_seconds=seconds)
            assert undo_seconds() == seconds
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(("most", "refused"), [(12, True), (13, False)])
def test_work_is_read_as_far_around_as_days_in_a_row_are_counted(most, refused):
    MarketPolicy.objects.update_or_create(pk=1, defaults={"consecutive_days": most, "hours_per_week": None})
    queue = make_queue("cards")
    agent, shift = make_agent(queue), make_shift(queue)
    for day in range(1, 13):
        make_duty(agent, start=TOMORROW - timedelta(days=day))
    one = read_claim(agent_id=agent.pk, shift_id=shift.pk, now=NOW).facts
    assert one == read_facts(agent_id=agent.pk, shift_ids=[shift.pk], now=NOW)[shift.pk]
    assert (ClaimRefusal.CONSECUTIVE_DAYS in {reason.code for reason in refusals(one)}) is refused
