"""A floor to look at: 24 queues of a bank, 200 people, two surges; generated from one seed."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from gigcx.accounts.models import Agent, Department, Role, User
from gigcx.ledger.models import Entry
from marketplace.matching.state import Presence
from marketplace.models import (
    AgentNow,
    Assignment,
    Duty,
    MatcherRun,
    Move,
    Objection,
    Policy,
    Queue,
    QueueNow,
    QueueSkill,
)
from skills.models import Certificate, Certification, CompetenceVersion, Proficiency, Skill
from tests.screens.bank import FIRST, LAST, PASSWORD, QUEUES
from tests.screens.demand import make_demand


@dataclass(frozen=True)
class Floor:
    """What was made, by what tests ask for."""

    admin: User
    dispatcher: User
    agent: User
    queues: dict[str, Queue]
    moves: list[Move]


@transaction.atomic
def seed(*, now: datetime, agents: int = 200, queues: int = 24) -> Floor:
    """Fill an empty database with the floor as of `now`."""
    Policy.objects.get_or_create(pk=1)
    CompetenceVersion.objects.get_or_create(pk=1)
    chance = random.Random(1)
    rows = _queues(queues)
    people = _people(agents, chance)
    users = _users(people, now)
    make_demand(rows, chance, now)
    _staff(rows, people, chance, now)
    moves = _moves(rows, now)
    _needs(rows)
    _ledger(rows, people, moves, users, now)
    return Floor(**users, queues=rows, moves=moves)


def _queues(number: int) -> dict[str, Queue]:
    rows = {}
    for name, channel, department, _, handle in QUEUES[:number]:
        owner, _ = Department.objects.get_or_create(name=department)
        mail = channel == "mail"
        queue = Queue.objects.create(
            code=name.split(" — ")[0].lower().replace(" ", "-")[:12] + f"-{len(rows)}",
            name=name,
            department=owner,
            channel=channel,
            target_seconds={"voice": 20, "chat": 40, "mail": 7200}[channel],
            target_share=0.9 if mail else 0.8,
            handle_seconds=handle,
        )
        skill = Skill.objects.create(name=name.split(" — ")[0])
        QueueSkill.objects.create(queue=queue, skill=skill, level=2)
        rows[name] = queue
    return rows


def _people(number: int, chance: random.Random) -> list[Agent]:
    departments = list(Department.objects.order_by("pk"))
    ada, *names = [f"{first} {last}" for last in LAST for first in FIRST]
    chance.shuffle(names)
    agents = Agent.objects.bulk_create(
        Agent(code=f"a{index:03d}", name=name, department=chance.choice(departments))
        for index, name in enumerate([ada, *names][:number])
    )
    return list(agents)


def _users(people: list[Agent], now: datetime) -> dict[str, User]:
    admin = User.objects.create_user("mina@example.com", PASSWORD, name="Mina", role=Role.ADMIN)
    dispatcher = User.objects.create_user("dov@example.com", PASSWORD, name="Dov", role=Role.DISPATCHER)
    dispatcher.departments.set(Department.objects.all())
    agent = User.objects.create_user("ada@example.com", PASSWORD, name="Ada Conti")
    Agent.objects.filter(pk=people[0].pk).update(user=agent)
    return {"admin": admin, "dispatcher": dispatcher, "agent": agent}


def _staff(rows: dict[str, Queue], people: list[Agent], chance: random.Random, now: datetime) -> None:
    weights = [hourly * handle for _, _, _, hourly, handle in QUEUES[: len(rows)]]
    queues = list(rows.values())
    ends = now.replace(minute=0, second=0, microsecond=0)
    skills = {queue.pk: queue.asks_skills.first().skill_id for queue in queues}
    proof = Certification.objects.create(name="Data protection")
    duties, hot_rows, assignments, proficiencies, certificates = [], [], [], [], []
    for index, agent in enumerate(people):
        queue = queues[0] if index == 0 else chance.choices(queues, weights)[0]
        until = ends + timedelta(hours=chance.randint(2, 6))
        duties.append(Duty(agent=agent, period=(now - timedelta(hours=2), until), queue=queue))
        presence = chance.choices(
            [Presence.READY, Presence.ON_CONTACT, Presence.WRAP_UP, Presence.PAUSED], [25, 60, 8, 7]
        )[0]
        hot_rows.append(
            AgentNow(
                agent=agent,
                duty=duties[-1],
                queue=queue,
                department_id=agent.department_id,
                presence=Presence.READY if index == 0 else presence,
                presence_since=int(now.timestamp()) - chance.randint(5, 400),
                assigned_at=int(now.timestamp()) - 3600,
                until=int(until.timestamp()),
                reason="lunch" if presence == Presence.PAUSED and index else "",
                wants=1,
                pinned=int(index % 37 == 5),
            )
        )
        assignments.append(Assignment(agent=agent, queue=queue, period=(now - timedelta(hours=1), None)))
        held = {queue.pk, queues[0].pk, *[one.pk for one in chance.sample(queues, min(4, len(queues)))]}
        proficiencies += [
            Proficiency(agent=agent, skill_id=skills[pk], level=chance.randint(2, 4), verified_at=now) for pk in held
        ]
        valid_until = now + timedelta(days=11 + index)
        certificates.append(Certificate(agent=agent, certification=proof, valid_until=valid_until))
    for rows_of in (duties, hot_rows, assignments, proficiencies, certificates):
        type(rows_of[0]).objects.bulk_create(rows_of)
    Duty.objects.create(
        agent=people[0],
        period=(ends + timedelta(days=1, hours=4), ends + timedelta(days=1, hours=8)),
        queue=rows["Mobile banking"] if "Mobile banking" in rows else queues[-1],
    )
    for queue in queues:
        queue.asks_certifications.create(certification=proof)


def _side(before: int, after: int, low: float, high: float, waiting: int) -> dict:
    return {
        "rate_per_hour": 390.0,
        "waiting": waiting,
        "longest_wait_seconds": 168.0,
        "target_share": 0.8,
        "agents_before": before,
        "agents_after": after,
        "level_before": low,
        "level_after": high,
    }


def _moves(rows: dict[str, Queue], now: datetime) -> list[Move]:
    queues = list(rows.values())
    target = queues[0]
    run = MatcherRun.objects.create(started_at=now - timedelta(seconds=50), trigger="surge.began")
    here = list(AgentNow.objects.filter(queue=target).select_related("agent").order_by("agent_id")[:3])
    away = list(AgentNow.objects.exclude(queue=target).select_related("agent").order_by("agent_id")[:2])
    moves = []
    for index, row in enumerate([*here, *away]):
        made = row in here
        source = queues[(4, 8, 1)[index] % len(queues)] if made else row.queue
        gain, loss = (3.1, 2.9, 1.7, 2.6, 2.2)[index], (0.2, 0.1, 0.4, 0.6, 0.5)[index]
        terms = {
            "gain": gain,
            "loss": loss,
            "cost": 0.3,
            "net": gain - loss - 0.3,
            "level": 3,
            "moves": index % 2,
            "moved_seconds_ago": None,
            "idle_at_source": 3,
            "target": _side(19, 22, 0.41, 0.74, 23),
            "source": _side(28, 27, 0.9, 0.88, 0),
        }
        move = Move.objects.create(
            run=run,
            agent=row.agent,
            source=source,
            target=target,
            status="applied" if made else "proposed",
            mode=3 if made else 2,
            gain=gain,
            loss=loss,
            cost=0.3,
            terms=terms,
            actor="matcher",
            created_at=now - timedelta(seconds=20 * (index + 1)),
            decided_at=now if made else None,
            until=datetime.fromtimestamp(row.until, tz=now.tzinfo),
        )
        if made:
            Assignment.objects.filter(agent=row.agent, period__upper_inf=True).update(move=move)
            AgentNow.objects.filter(agent=row.agent).update(assigned_at=int(move.created_at.timestamp()))
        moves.append(move)
    if here[1:]:
        Objection.objects.create(move=moves[1], text="my caller is still on hold", at=now - timedelta(seconds=9))
    return moves


def _needs(rows: dict[str, Queue]) -> None:
    for name, queue in rows.items():
        on_duty = AgentNow.objects.filter(queue=queue).count()
        gap = {"Cards — lost & stolen": 12, "Mobile banking": 5, "Mortgage advice": 1}.get(name, -(queue.pk % 4))
        share = {"Cards — lost & stolen": 0.74, "Mobile banking": 0.71, "Mortgage advice": 0.77, "Chat — general": 0.76}
        QueueNow.objects.filter(queue=queue).update(need=max(1, on_duty + gap), expected_share=share.get(name, 0.93))


def _ledger(
    rows: dict[str, Queue], people: list[Agent], moves: list[Move], users: dict[str, User], now: datetime
) -> None:
    cards, mobile = list(rows.values())[:2]
    dov = users["dispatcher"].ledger_name
    story = [
        (
            380,
            "mode.changed",
            f"department:{cards.department_id}",
            dov,
            {"department": cards.department_id, "before": 1, "after": 3},
        ),
        *[(300, "duty.began", f"agent:{agent.pk}", "clock", {}) for agent in people[:12]],
        (244, "surge.began", f"queue:{cards.pk}", "", {"queue": cards.pk, "factor": 2.9, "since": 0, "sure": 0.99}),
        (240, "surge.began", f"queue:{mobile.pk}", "", {"queue": mobile.pk, "factor": 1.8, "since": 0, "sure": 0.97}),
        (180, "assignment.pinned", f"agent:{people[5].pk}", dov, {"queue": cards.pk}),
        *[
            (90 - index, f"move.{move.status}", f"agent:{move.agent_id}", "matcher", _of(move))
            for index, move in enumerate(moves)
        ],
        (30, "move.acknowledged", f"agent:{moves[-1].agent_id}", "", {"move": moves[-1].pk}),
        (9, "objection.raised", f"agent:{moves[1].agent_id}", "", {"move": moves[1].pk, "objection": 1}),
    ]
    Entry.objects.bulk_create(
        Entry(at=now - timedelta(seconds=ago), kind=kind, subject=subject, actor=actor, data=data, position=position)
        for position, (ago, kind, subject, actor, data) in enumerate(story, start=1)
    )


def _of(move: Move) -> dict:
    return {
        "move": move.pk,
        "agent": move.agent_id,
        "source": move.source_id,
        "target": move.target_id,
        "run": move.run_id,
    }
