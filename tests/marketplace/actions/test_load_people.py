"""`manage.py load people`."""

import pytest
from allauth.account.models import EmailAddress

from gigcx.accounts.models import Agent, Department, Role, User
from gigcx.ledger.models import Entry
from marketplace.models import Queue
from skills.models import Proficiency, Skill
from tests.marketplace.actions.load import NE_PS, Load, counts

HEADER = "agent,name,email,kind,department,timezone,skills\n"
ADA = "a1,Ada,Ada@Example.org,internal,Retail,Europe/Rome,NE:3|PS\n"
BEN = "a2,Ben,ben@example.org,external,,,\n"


@pytest.fixture
def queues(load: Load) -> None:
    load("queues", NE_PS)
    Entry.objects.all().delete()


def held() -> list[tuple[str, str, int]]:
    return list(Proficiency.objects.values_list("agent__code", "skill__name", "level").order_by("agent", "skill__name"))


@pytest.mark.usefixtures("queues")
def test_people_are_created_with_a_sign_in_that_has_no_password_yet(load: Load) -> None:
    answer = load("people", HEADER + ADA + BEN)
    assert counts(answer) == (2, 0, 0)
    assert answer["also"] == {"sign_ins": 2, "departments": 1, "levels": 2}
    ada, ben = Agent.objects.order_by("code")
    assert (ada.name, ada.kind, ada.department.name, ada.timezone) == ("Ada", "internal", "Retail", "Europe/Rome")
    assert (ben.kind, ben.department.name, ben.timezone) == ("external", "General", "UTC")
    assert (ada.user.email, ada.user.role, ada.user.has_usable_password()) == ("ada@example.org", Role.AGENT, False)


@pytest.mark.usefixtures("queues")
def test_levels_are_verified_by_the_load_and_1_if_left_out(load: Load) -> None:
    load("people", HEADER + ADA)
    assert held() == [("a1", "NE", 3), ("a1", "PS", 1)]
    assert not Proficiency.objects.filter(verified_at=None).exists()
    assert list(Entry.objects.values_list("kind", flat=True)) == ["competence.changed", "people.loaded"]


@pytest.mark.usefixtures("queues")
def test_second_load_changes_nothing_and_writes_no_entry(load: Load) -> None:
    load("people", HEADER + ADA + BEN)
    before = (Entry.objects.count(), Proficiency.objects.first().verified_at)
    assert counts(load("people", HEADER + ADA + BEN)) == (0, 0, 2)
    assert (Entry.objects.count(), Proficiency.objects.first().verified_at) == before


@pytest.mark.usefixtures("queues")
def test_changed_row_changes_person_address_and_level_and_keeps_other_skills(load: Load) -> None:
    load("people", HEADER + ADA + BEN)
    user = User.objects.get(email="ada@example.org")
    user.set_password("a long password")
    user.save()
    EmailAddress.objects.create(user=user, email=user.email)
    answer = load("people", HEADER + "a1,Ada L,ada.l@example.org,internal,Cards,Europe/Rome,NE:5\n" + BEN)
    assert counts(answer) == (0, 1, 1)
    ada = Agent.objects.get(code="a1")
    assert (ada.name, ada.department.name, ada.user.pk, ada.user.email) == (
        "Ada L",
        "Cards",
        user.pk,
        "ada.l@example.org",
    )
    assert ada.user.check_password("a long password")
    assert not EmailAddress.objects.exists()
    assert held() == [("a1", "NE", 5), ("a1", "PS", 1)]


@pytest.mark.usefixtures("queues")
def test_stated_level_becomes_verified(load: Load) -> None:
    load("people", HEADER + ADA)
    Proficiency.objects.update(verified_at=None)
    assert counts(load("people", HEADER + ADA)) == (0, 1, 0)
    assert not Proficiency.objects.filter(verified_at=None).exists()


@pytest.mark.usefixtures("queues")
def test_user_who_is_no_agent_yet_becomes_one(load: Load) -> None:
    user = User.objects.create_user("ben@example.org", "a long password", name="Benjamin", role=Role.DISPATCHER)
    load("people", HEADER + BEN)
    user.refresh_from_db()
    assert (user.agent.code, user.role, user.name) == ("a2", Role.DISPATCHER, "Benjamin")


@pytest.mark.usefixtures("queues")
def test_every_bad_row_is_named_and_nothing_done(load: Load) -> None:
    load("people", HEADER + ADA)
    before = (Agent.objects.count(), User.objects.count(), Entry.objects.count(), held())
    text = (
        HEADER
        + "a3,Cleo,ADA@example.org,internal,New,UTC,\n"
        + "a4,Dan,dan@example,boss,,,XX:2\n"
        + "a5,Eve,eve@example.org,internal,,Mars/Base,NE:6\n"
        + "a6,Flo,flo@example.org,internal,,,XX|NE\n"
        + "a6,Gus,flo@example.org,internal,,,\n"
    )
    complaints = [line.split(": ")[:2] for line in load.refused("people", text)]
    assert complaints == [
        ["people.csv:2", "email"],
        ["people.csv:3", "kind"],
        ["people.csv:4", "timezone"],
        ["people.csv:4", "skills"],
        ["people.csv:5", "skills"],
        ["people.csv:6", "agent"],
        ["people.csv:6", "email"],
    ]
    assert (Agent.objects.count(), User.objects.count(), Entry.objects.count(), held()) == before
    assert not Department.objects.filter(name="New").exists()


@pytest.mark.usefixtures("queues")
def test_dry_run_says_what_it_would_do_and_does_nothing(load: Load) -> None:
    assert counts(load("people", HEADER + ADA + BEN, dry_run=True)) == (2, 0, 0)
    assert not any(model.objects.exists() for model in (Agent, User, Proficiency, Entry))


def test_level_speaks_of_what_the_queue_asks_for(load: Load) -> None:
    load("queues", NE_PS)
    queue = Queue.objects.get(code="NE")
    queue.asks_skills.all().delete()
    for name in ("Lending", "Italian"):
        queue.asks_skills.create(skill=Skill.objects.create(name=name), level=2)
    load("people", HEADER + ADA)
    assert held() == [("a1", "Italian", 3), ("a1", "Lending", 3), ("a1", "PS", 1)]
