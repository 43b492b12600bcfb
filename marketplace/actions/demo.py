"""The demo bank in the database: made once where there is nothing, its duty renewed at every later start.

People, queues and duty come in through the same loads as anybody's files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Upper

from gigcx.accounts.models import Agent, Department, Role, Scope, Token, User
from gigcx.accounts.tokens import issue_token, revoke_token
from gigcx.ledger.record import record
from marketplace.actions.demo_history import write_demo_forecast, write_demo_history
from marketplace.actions.demo_supplies import write_demo_supplies
from marketplace.actions.load_duty import load_duty
from marketplace.actions.load_people import load_people
from marketplace.actions.load_queues import load_queues
from marketplace.models import Booking, Duty, Queue
from marketplace.simulation.demo import DemoAgent, DemoBank, demo_bank
from marketplace.simulation.files import Reading
from marketplace.simulation.tables import DutyRow, PersonRow, QueueRow
from marketplace.vocabulary import BOUND_STATES
from skills.models import Skill

ACTOR = "command:demo_data"
PASSWORD = "gigcx-demo"  # noqa: S105 - printed at every start
AGENT, DISPATCHER, ADMIN = "ada@example.org", "dov@example.org", "mina@example.org"
TOKEN_NAME = "Demo switch"  # noqa: S105 - a name
ZONE = "UTC"
"""The bank's demand follows the clock in UTC, so its queues do."""
SITE = "Milan"
COVERED = timedelta(days=8)
"""So far ahead duty is planned, to the end of what *Demand* shows: a demo that is left running lives on."""
DUTY = timedelta(hours=8)
FIRST_ENDS = (timedelta(hours=2), timedelta(hours=10))
"""The first duties end somewhere between these, so that people come and go one by one, not all at once."""
STEP = timedelta(minutes=5)
ADA = "d001"
"""The agent whom a visitor signs in as."""


@dataclass(frozen=True)
class Demo:
    """What was done, and the switch's new secret where there is one."""

    made: bool
    duties: int
    secret: str | None


@transaction.atomic(durable=True)
def make_demo(*, now: datetime, has_token: bool, seed: int = 1) -> Demo | None:
    """Make the demo in an empty database; in one that it made, renew duty and forecast; in any other do nothing: None.

    `has_token` says whether the switch still has its secret; if not it gets a new one, and the old one stops working.
    """
    bank = demo_bank(seed)
    made = not any(kind.objects.exists() for kind in (User, Agent, Queue))
    token = Token.objects.filter(name=TOKEN_NAME, created_by=None, revoked_at=None).order_by("pk").last()
    if not made and token is None:
        return None
    if made:
        _load_bank(bank, now)
        _make_users(now)
        write_demo_history(bank, now=now, seed=seed)
        write_demo_supplies(bank, actor=ACTOR, now=now)
        record(kind="demo.made", actor=ACTOR, at=now, data={"seed": seed})
    # the visitor's agent begins on a shift (`begin_demo_shift`)
    duties = _plan_duty(bank, now, without=ADA if made else "")
    write_demo_forecast(bank, now=now)
    secret = None
    if token is None or not has_token:
        if token is not None:
            revoke_token(token_id=token.pk, actor=ACTOR, now=now)
        _, secret = issue_token(
            name=TOKEN_NAME, scopes=[Scope.TELEMETRY, Scope.ASSIGNMENTS], by=None, actor=ACTOR, now=now
        )
    return Demo(made=made, duties=duties, secret=secret)


def _load_bank(bank: DemoBank, now: datetime) -> None:
    queues = [
        QueueRow(
            line=line,
            queue=queue.code,
            name=queue.name,
            department=queue.department,
            channel=queue.channel,
            target_share=queue.target_share,
            target_seconds=queue.target_seconds,
            patience_seconds=queue.patience_seconds,
            priority=queue.priority,
            opens=queue.opens,
            closes=queue.closes,
        )
        for line, queue in enumerate(bank.queues, start=2)
    ]
    load_queues(rows=queues, columns=(), zone=ZONE, file="demo", reading=Reading(), actor=ACTOR, now=now)
    for queue in bank.queues:
        Queue.objects.filter(code=queue.code).update(handle_seconds=queue.handle_seconds)
    people = [_person(line, agent) for line, agent in enumerate(bank.agents, start=2)]
    load_people(rows=people, file="demo", reading=Reading(), actor=ACTOR, now=now)
    for queue in bank.queues:  # files call a skill by its queue's code, people by a name
        Skill.objects.filter(name=queue.code).update(name=queue.name)


def _person(line: int, agent: DemoAgent) -> PersonRow:
    return PersonRow(
        line=line,
        agent=agent.code,
        name=agent.name,
        email=agent.email,
        kind=agent.kind,
        department=agent.department,
        timezone=agent.timezone,
        skills=agent.skills,
    )


def _make_users(now: datetime) -> None:
    """The three whom a visitor signs in as. Ada is one of the bank's agents; all share one password, hashed once."""
    hashed = make_password(PASSWORD)
    User.objects.filter(email=AGENT).update(password=hashed)
    for email, name, role in ((DISPATCHER, "Dov", Role.DISPATCHER), (ADMIN, "Mina", Role.ADMIN)):
        user = User.objects.create(email=email, name=name, role=role, timezone="Europe/Rome", password=hashed)
        record(kind="user.created", subject=user.ledger_name, actor=ACTOR, at=now, data={"role": role})
        if role == Role.DISPATCHER:
            user.departments.set(Department.objects.all())


def _plan_duty(bank: DemoBank, now: datetime, *, without: str) -> int:
    """Plan each agent's duty on from where it ends, without a gap, as far as `COVERED`; how many duties."""
    ends = dict(
        Duty.objects.annotate(end=Upper("period"))
        .values("agent__code")
        .annotate(last=Max("end"))
        .values_list("agent__code", "last")
    )
    # whoever holds a place ahead has made other plans
    booked = Booking.objects.filter(status__in=BOUND_STATES, period__overlap=(now, now + COVERED))
    present = set(Agent.objects.exclude(pk__in=booked.values("agent")).values_list("code", flat=True)) - {without}
    rows = [
        DutyRow(
            line=0,
            agent=agent.code,
            starts_at=starts_at,
            ends_at=ends_at,
            skills=(),
            queue=agent.queue,
            site="" if agent.at_home else SITE,
        )
        for number, agent in enumerate(bank.agents)
        if agent.code in present
        for starts_at, ends_at in duties(number=number, planned_until=ends.get(agent.code), now=now)
    ]
    if rows:
        load_duty(rows=rows, zone="Europe/Rome", file="demo", reading=Reading(), actor=ACTOR, now=now)
    return len(rows)


def duties(*, number: int, planned_until: datetime | None, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The duties of one agent from the end of what is planned, or from now, one after the other.

    `number` staggers the ends; number 0 (Ada) has one whole duty, then it is for the visitor to claim shifts.
    """
    if planned_until is None or planned_until <= now:
        start = datetime.fromtimestamp(now.timestamp() // STEP.total_seconds() * STEP.total_seconds(), UTC)
        earliest, latest = FIRST_ENDS
        end = start + DUTY if number == 0 else start + earliest + (number * 7 * STEP) % (latest - earliest)
    else:
        start, end = planned_until, planned_until + DUTY
    if number == 0:
        if start <= now:
            yield start, end
        return
    while start < now + COVERED:
        yield start, end
        start, end = end, end + DUTY
