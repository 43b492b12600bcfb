"""Facts of many shifts are those of each alone."""

from datetime import timedelta

import pytest

from marketplace.claiming.facts import Ask
from marketplace.models import MarketPolicy, ShiftCertification, ShiftSkill
from marketplace.queries.claim_facts import read_claim, read_facts
from skills.models import Certification, Skill
from tests.factories import NOW, make_agent, make_department, make_queue
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
