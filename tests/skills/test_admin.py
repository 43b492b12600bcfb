"""Admin pages of skills: what they save, what they refuse, what the ledger says."""

import pytest
from django.test import Client

from gigcx.accounts.models import Agent, Department, Role
from gigcx.ledger.models import Entry
from skills.models import Certificate, Certification, Proficiency, Skill
from tests.admin_site import address, fill_in, refusals, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def mina() -> Client:
    return signed_in(Role.ADMIN)


@pytest.fixture
def ada() -> Agent:
    return Agent.objects.create(code="a1", name="Ada", department=Department.objects.create(name="Retail"))


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_skill_is_created_renamed_and_implies(mina: Client) -> None:
    assert fill_in(mina, Skill, name="Lending").status_code == 302
    lending = Skill.objects.get()
    fill_in(mina, Skill, name="Mortgage", implies=[lending.pk])
    mortgage = Skill.objects.get(name="Mortgage")
    fill_in(mina, Skill, lending.pk, name="Loans")
    assert list(mortgage.implies.values_list("name", flat=True)) == ["Loans"]
    assert kinds() == ["competence.changed"] * 3
    entry = Entry.objects.latest("id")
    assert (entry.subject, entry.data) == (
        f"skill:{lending.pk}",
        {"new": False, "changed": {"name": ["Lending", "Loans"]}},
    )


def test_skill_saved_as_it_was_writes_no_entry(mina: Client) -> None:
    skill = Skill.objects.create(name="Lending")
    assert fill_in(mina, Skill, skill.pk).status_code == 302
    assert kinds() == []


def test_skill_that_would_imply_itself_in_a_circle_is_refused(mina: Client) -> None:
    one, two, three = (Skill.objects.create(name=name) for name in ("One", "Two", "Three"))
    one.implies.add(two)
    two.implies.add(three)
    answer = fill_in(mina, Skill, three.pk, name="Third", implies=[one.pk])
    assert refusals(answer) == {"implies": ["“Three” would imply itself in a circle. Take one of these away."]}
    three.refresh_from_db()
    assert (three.name, three.implies.count(), kinds()) == ("Three", 0, [])


def test_skill_name_that_is_taken_is_refused(mina: Client) -> None:
    Skill.objects.create(name="One")
    assert refusals(fill_in(mina, Skill, name="One")) == {"name": ["Skill with this Name already exists."]}
    assert (Skill.objects.count(), kinds()) == (1, [])


def test_proficiency_is_verified_by_who_saves_it(mina: Client, ada: Agent) -> None:
    skill = Skill.objects.create(name="Cards")
    assert fill_in(mina, Proficiency, agent=ada.pk, skill=skill.pk, level=3).status_code == 302
    row = Proficiency.objects.get()
    assert (row.level, row.verified_by.name, row.verified_at is not None) == (3, "Mina", True)
    first = row.verified_at
    fill_in(mina, Proficiency, row.pk, valid_until_0="2030-01-01", valid_until_1="00:00:00")
    row.refresh_from_db()
    assert row.verified_at == first
    fill_in(mina, Proficiency, row.pk, level=4)
    row.refresh_from_db()
    assert row.level == 4
    assert row.verified_at > first
    assert [(entry.kind, entry.subject) for entry in Entry.objects.all()] == [
        ("competence.changed", f"agent:{ada.pk}")
    ] * 3


def test_proficiency_not_verified_does_not_count_until_it_is(mina: Client, ada: Agent) -> None:
    skill = Skill.objects.create(name="Cards")
    fill_in(mina, Proficiency, agent=ada.pk, skill=skill.pk, level=3, verified=None)
    row = Proficiency.objects.get()
    assert row.verified_at is None
    ticked = {"action": "verify", "_selected_action": [row.pk]}
    mina.post(address(Proficiency, "changelist"), ticked)
    mina.post(address(Proficiency, "changelist"), ticked)
    row.refresh_from_db()
    assert row.verified_at is not None
    assert kinds() == ["competence.changed"] * 2


def test_proficiency_that_ends_before_it_begins_is_refused(mina: Client, ada: Agent) -> None:
    skill = Skill.objects.create(name="Cards")
    period = {"valid_from_0": "2030-01-02", "valid_from_1": "00:00", "valid_until_0": "2030-01-01"}
    answer = fill_in(mina, Proficiency, agent=ada.pk, skill=skill.pk, level=3, **period, valid_until_1="00:00")
    assert list(refusals(answer)) == ["__all__"]
    assert (Proficiency.objects.count(), kinds()) == (0, [])


def test_proficiency_is_deleted_with_an_entry(mina: Client, ada: Agent) -> None:
    row = Proficiency.objects.create(agent=ada, skill=Skill.objects.create(name="Cards"))
    assert mina.post(address(Proficiency, "delete", row.pk), {"post": "yes"}).status_code == 302
    assert not Proficiency.objects.exists()
    assert Entry.objects.get().subject == f"agent:{ada.pk}"


def test_certificate_ends_after_the_certification_s_days(mina: Client, ada: Agent) -> None:
    licence = Certification.objects.create(name="IVASS", valid_days=365)
    fill_in(mina, Certificate, agent=ada.pk, certification=licence.pk, valid_from_0="2026-01-01", valid_from_1="00:00")
    row = Certificate.objects.get()
    assert (row.valid_until - row.valid_from).days == 365
    assert kinds() == ["competence.changed"]


def test_certificate_is_revoked_once_and_granted_again(mina: Client, ada: Agent) -> None:
    row = Certificate.objects.create(agent=ada, certification=Certification.objects.create(name="IVASS"))
    ticked = {"action": "revoke", "_selected_action": [row.pk]}
    mina.post(address(Certificate, "changelist"), ticked)
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert [(entry.kind, entry.subject) for entry in Entry.objects.all()] == [
        ("certificate.revoked", f"agent:{ada.pk}")
    ]
    answer = mina.post(address(Certificate, "changelist"), ticked, follow=True)
    assert "This certificate was revoked already." in answer.content.decode()
    assert len(kinds()) == 1
    fill_in(mina, Certificate, row.pk)
    row.refresh_from_db()
    assert row.revoked_at is None
    assert kinds() == ["certificate.revoked", "competence.changed"]


def test_certification_that_somebody_holds_stays(mina: Client, ada: Agent) -> None:
    row = Certificate.objects.create(agent=ada, certification=Certification.objects.create(name="IVASS"))
    mina.post(address(Certification, "delete", row.certification_id), {"post": "yes"})
    assert (Certification.objects.count(), kinds()) == (1, [])
