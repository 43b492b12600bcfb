"""The smallest rows that a test needs, free of surprises: everything that matters to a test, it says itself."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from gigcx.accounts.models import Agent, Department, Role, Site, User
from marketplace.actions.ingest import AgentReport, Batch, QueueReport
from marketplace.actions.muster import muster
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Duty, Queue, QueueSkill
from skills.models import Proficiency, Skill

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
_number = itertools.count(1)


def make_department(name: str = "Retail", *, mode: int = 3) -> Department:
    """A department, by default in mode auto."""
    return Department.objects.get_or_create(name=name, defaults={"mode": mode})[0]


def make_user(email: str, *, role: str = Role.AGENT, departments: tuple[Department, ...] = ()) -> User:
    """A user with the password `password`."""
    user = User.objects.create_user(email, "password", name=email.split("@", maxsplit=1)[0].title(), role=role)
    user.departments.set(departments)
    return user


def make_queue(code: str, *, department: Department | None = None, **fields: object) -> Queue:
    """A queue that asks for the skill of its own name at level 1."""
    queue = Queue.objects.create(code=code, name=code, department=department or make_department(), **fields)
    QueueSkill.objects.create(queue=queue, skill=Skill.objects.get_or_create(name=code)[0], level=1)
    return queue


def make_agent(
    *queues: Queue, code: str = "", level: int = 3, user: User | None = None, department: Department | None = None
) -> Agent:
    """An agent who holds, verified, what these queues ask for."""
    code = code or f"a{next(_number):04}"
    agent = Agent.objects.create(code=code, name=f"Agent {code}", department=department or make_department(), user=user)
    for queue in queues:
        for asked in queue.asks_skills.all():
            Proficiency.objects.create(agent=agent, skill=asked.skill, level=level, verified_at=NOW)
    return agent


def make_duty(
    agent: Agent,
    *,
    queue: Queue | None = None,
    start: datetime = NOW - timedelta(hours=1),
    hours: float = 4,
    site: Site | None = None,
) -> Duty:
    """A duty of some hours, by default from an hour ago."""
    return Duty.objects.create(agent=agent, period=(start, start + timedelta(hours=hours)), queue=queue, site=site)


def on_duty(agent: Agent, queue: Queue | None, *, presence: Presence = Presence.READY, now: datetime = NOW) -> AgentNow:
    """The agent mustered, at the queue for longer than any dwell, and doing what `presence` says."""
    make_duty(agent, queue=queue)
    muster(now=now)
    early = int((now - timedelta(minutes=50)).timestamp())
    AgentNow.objects.filter(agent=agent).update(presence=presence, assigned_at=early, arrives_at=early)
    return AgentNow.objects.get(agent=agent)


def make_batch(*reports: QueueReport | AgentReport, at: datetime = NOW) -> Batch:
    """A telemetry batch with an id of its own."""
    return Batch(
        id=uuid4(),
        sent_at=at,
        queues=tuple(report for report in reports if isinstance(report, QueueReport)),
        agents=tuple(report for report in reports if isinstance(report, AgentReport)),
    )


def queue_report(queue: Queue, *, at: datetime = NOW, waiting: int = 0, **figures: object) -> QueueReport:
    """A report of a queue half a minute into an interval."""
    start = at.replace(second=0, microsecond=0)
    return QueueReport(
        queue=queue.code,
        at=at,
        waiting=waiting,
        longest_wait_seconds=30.0 if waiting else 0.0,
        interval_start=start,
        **figures,  # type: ignore[arg-type]
    )
