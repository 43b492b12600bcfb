"""Admin pages of departments, people, queues, policy and duty: what they save and what they refuse."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gigcx.accounts.models import Agent, Department, Role
from gigcx.ledger.models import Entry
from marketplace.models import AgentNow, Assignment, Duty, Forecast, Interval, Policy, Queue
from skills.models import Certification, CompetenceVersion, Proficiency, Skill
from tests.admin_site import address, fill_in, refusals, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def mina() -> Client:
    return signed_in(Role.ADMIN)


@pytest.fixture
def retail() -> Department:
    return Department.objects.create(name="Retail")


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def on_duty(agent: Agent, *, begins: datetime | None = None) -> Duty:
    starts = begins or timezone.now() - timedelta(hours=1)
    return Duty.objects.create(agent=agent, period=DateTimeTZRange(starts, starts + timedelta(hours=8)))


def test_department_is_created_renamed_and_its_mode_set(mina: Client) -> None:
    fill_in(mina, Department, name="Retail", mode=3)
    retail = Department.objects.get()
    fill_in(mina, Department, retail.pk, name="Retail bank", mode=1)
    retail.refresh_from_db()
    assert (retail.name, retail.mode) == ("Retail bank", 1)
    assert kinds() == ["department.changed", "department.changed", "mode.changed"]


def test_department_name_that_is_taken_leaves_the_mode(mina: Client, retail: Department) -> None:
    cards = Department.objects.create(name="Cards")
    assert list(refusals(fill_in(mina, Department, cards.pk, name="Retail", mode=0))) == ["name"]
    cards.refresh_from_db()
    assert (cards.name, cards.mode, kinds()) == ("Cards", 3, [])


def test_department_with_queues_stays(mina: Client, retail: Department) -> None:
    Queue.objects.create(code="NE", name="New", department=retail)
    mina.post(address(Department, "delete", retail.pk), {"post": "yes"})
    assert (Department.objects.count(), kinds()) == (1, [])


def test_person_on_duty_changes_department_and_the_floor_knows(mina: Client, retail: Department) -> None:
    cards = Department.objects.create(name="Cards")
    ada = Agent.objects.create(code="a1", name="Ada", department=retail)
    duty = on_duty(ada)
    AgentNow.objects.create(agent=ada, duty=duty, department_id=retail.pk, until=0)
    fill_in(mina, Agent, ada.pk, department=cards.pk)
    assert AgentNow.objects.get().department_id == cards.pk
    entry = Entry.objects.get()
    assert (entry.kind, entry.subject) == ("person.changed", f"agent:{ada.pk}")
    assert entry.data["changed"] == {"department": [retail.pk, cards.pk]}


def test_person_who_worked_stays(mina: Client, retail: Department) -> None:
    ada = Agent.objects.create(code="a1", name="Ada", department=retail)
    queue = Queue.objects.create(code="NE", name="New", department=retail)
    began = datetime(2026, 1, 1, 8, tzinfo=UTC)
    Assignment.objects.create(agent=ada, queue=queue, period=DateTimeTZRange(began, began + timedelta(hours=1)))
    answer = mina.post(address(Agent, "delete", ada.pk), {"post": "yes"}, follow=True)
    assert "Ada has worked here and stays on record." in answer.content.decode()
    assert (Agent.objects.count(), Assignment.objects.count(), kinds()) == (1, 1, [])


def test_person_who_never_worked_goes_with_what_was_planned(mina: Client, retail: Department) -> None:
    ada = Agent.objects.create(code="a1", name="Ada", department=retail)
    on_duty(ada)
    mina.post(address(Agent, "delete", ada.pk), {"post": "yes"})
    assert (Agent.objects.count(), Duty.objects.count(), kinds()) == (0, 0, ["person.deleted"])


def asking(*rows: dict[str, Any], prefix: str) -> dict[str, Any]:
    cells = {f"{prefix}-{i}-{name}": value for i, row in enumerate(rows) for name, value in row.items()}
    return {**cells, f"{prefix}-TOTAL_FORMS": len(rows)}


def test_queue_is_created_with_what_it_asks_for(mina: Client, retail: Department) -> None:
    skill, licence = Skill.objects.create(name="Cards"), Certification.objects.create(name="IVASS")
    before = CompetenceVersion.objects.get().number
    fill_in(
        mina,
        Queue,
        code="NE",
        name="New",
        department=retail.pk,
        opens="08:00",
        closes="20:00",
        **asking({"skill": skill.pk, "level": 2}, prefix="asks_skills"),
        **asking({"certification": licence.pk}, prefix="asks_certifications"),
    )
    queue = Queue.objects.get()
    assert list(queue.asks_skills.values_list("skill__name", "level")) == [("Cards", 2)]
    assert list(queue.certifications.all()) == [licence]
    assert kinds() == ["queue.changed", "competence.changed"]
    assert CompetenceVersion.objects.get().number > before


def test_queue_asks_for_another_level_and_for_less(mina: Client, retail: Department) -> None:
    queue = Queue.objects.create(code="NE", name="New", department=retail)
    cards, loans = Skill.objects.create(name="Cards"), Skill.objects.create(name="Loans")
    asked = queue.asks_skills.create(skill=cards, level=1)
    other = queue.asks_skills.create(skill=loans, level=1)
    rows = [
        {"id": asked.pk, "queue": queue.pk, "skill": cards.pk, "level": 4},
        {"id": other.pk, "queue": queue.pk, "skill": loans.pk, "level": 1, "DELETE": "on"},
    ]
    fill_in(mina, Queue, queue.pk, **asking(*rows, prefix="asks_skills"))
    assert list(queue.asks_skills.values_list("skill__name", "level")) == [("Cards", 4)]
    entry = Entry.objects.get(kind="queue.changed")
    assert entry.data["changed"] == {"skills": [{str(cards.pk): 1, str(loans.pk): 1}, {str(cards.pk): 4}]}


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"target_share": "1.5"}, "__all__"),
        ({"priority": "10"}, "priority"),
        ({"opens": "08:00"}, "closes"),
        ({"patience_seconds": "0"}, "__all__"),
        ({"occupancy_cap": "0"}, "__all__"),
        ({"shrinkage": "1"}, "__all__"),
        ({"least_agents": "-1"}, "least_agents"),
        ({"asks_skills-0-skill": "0"}, "asks_skills-0-skill"),
        ({"code": "PS"}, "code"),
    ],
)
def test_queue_figures_that_can_not_be_are_refused(
    mina: Client, retail: Department, cells: dict[str, str], field: str
) -> None:
    Queue.objects.create(code="PS", name="Private", department=retail)
    queue = Queue.objects.create(code="NE", name="New", department=retail)
    answer = fill_in(mina, Queue, queue.pk, name="Other", **cells)
    assert field in refusals(answer)
    queue.refresh_from_db()
    assert (queue.name, queue.asks_skills.count(), kinds()) == ("New", 0, [])


def test_queue_with_a_history_stays(mina: Client, retail: Department) -> None:
    queue = Queue.objects.create(code="NE", name="New", department=retail)
    now = timezone.now()
    Interval.objects.create(queue=queue, starts_at=now, seconds=900, offered=1, as_of=now)
    answer = mina.post(address(Queue, "delete", queue.pk), {"post": "yes"}, follow=True)
    assert "New has a history and stays on record." in answer.content.decode()
    assert (Queue.objects.count(), Interval.objects.count(), kinds()) == (1, 1, [])


def test_policy_is_changed_and_stopped(mina: Client) -> None:
    fill_in(mina, Policy, 1, dwell_seconds=90, stopped="on")
    policy = Policy.objects.get()
    assert (policy.dwell_seconds, policy.stopped) == (90, True)
    assert kinds() == ["policy.changed", "matcher.stopped"]


def test_policy_figure_out_of_range_changes_nothing(mina: Client) -> None:
    answer = fill_in(mina, Policy, 1, donor_margin="0.5", stopped="on")
    assert list(refusals(answer)) == ["donor_margin"]
    policy = Policy.objects.get()
    assert (policy.donor_margin, policy.stopped, kinds()) == (1.5, False, [])


def test_duty_that_has_not_begun_is_taken_back_and_no_other(mina: Client, retail: Department) -> None:
    ada = Agent.objects.create(code="a1", name="Ada", department=retail)
    begun, ahead = on_duty(ada), on_duty(ada, begins=timezone.now() + timedelta(days=1))
    answer = mina.post(address(Duty, "delete", begun.pk), {"post": "yes"}, follow=True)
    assert "This duty has begun and stays on record." in answer.content.decode()
    mina.post(address(Duty, "delete", ahead.pk), {"post": "yes"})
    assert (list(Duty.objects.all()), kinds()) == ([begun], ["duty.cancelled"])


@pytest.mark.parametrize("model", [Assignment, Interval, Forecast, Entry])
def test_records_are_not_written_by_hand(mina: Client, model: type) -> None:
    assert mina.get(address(model, "add")).status_code == 403


@pytest.mark.parametrize("model", [Agent, Queue, Duty])
def test_list_takes_as_many_queries_for_three_rows_as_for_one(mina: Client, retail: Department, model: type) -> None:
    def grow(number: int) -> None:
        queue = Queue.objects.create(code=f"Q{number}", name=f"Queue {number}", department=retail)
        agent = Agent.objects.create(code=f"a{number}", name=f"Agent {number}", department=retail)
        Proficiency.objects.create(agent=agent, skill=Skill.objects.create(name=f"S{number}"))
        Duty.objects.filter(pk=on_duty(agent).pk).update(queue=queue)

    grow(1)
    with CaptureQueriesContext(connection) as one:
        mina.get(address(model, "changelist"))
    grow(2)
    grow(3)
    with CaptureQueriesContext(connection) as three:
        mina.get(address(model, "changelist"))
    assert len(three) == len(one)
