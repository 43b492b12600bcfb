"""The timeline: what happened, from the ledger, newest first, with the names that make each line a sentence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast, Substr

from gigcx.accounts.models import Agent, Department
from gigcx.ledger.models import Entry
from marketplace.matching.state import Mode
from marketplace.models import Move, Queue
from marketplace.queries.moves import user_names

KINDS: dict[str, tuple[str, ...]] = {
    "surges": ("surge.began", "surge.grew", "surge.ended"),
    "moves": (
        "move.applied",
        "move.proposed",
        "move.reverted",
        "move.rejected",
        "move.stale",
        "assignment.pinned",
        "assignment.unpinned",
    ),
    "people": (
        "duty.began",
        "duty.resumed",
        "duty.ended",
        "agent.came",
        "agent.left",
        "presence.wanted",
        "certificate.revoked",
    ),
    "objections": ("objection.raised", "objection.heard", "move.acknowledged"),
    "settings": ("mode.changed", "matcher.stopped", "matcher.resumed", "policy.changed"),
}
"""What can be filtered by. Telemetry, presence and the feed of the switches are recorded, but are no news."""
NEWS = tuple(kind for kinds in KINDS.values() for kind in kinds)
TOGETHER = timedelta(seconds=30)
"""Entries of one kind, one cause and one place within this time read as one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the timeline: one Entry, or several alike."""

    kind: str
    at: datetime
    position: int
    actor: str
    agents: Sequence[str]
    source: str
    target: str
    department: str
    data: dict[str, Any]
    same_source: bool
    """Whether all of several came from one queue."""
    level_before: float | None
    """Expected at the target when the moves were planned."""
    level_after: float | None
    is_shadow: bool

    @property
    def template(self) -> str:
        """Where the sentence stands."""
        return f"marketplace/timeline/{self.kind.split('.')[0]}.html"

    @property
    def first(self) -> Sequence[str]:
        """Names to spell out: all of up to three, else two."""
        return self.agents[: 3 if len(self.agents) <= 3 else 2]

    @property
    def others(self) -> int:
        """How many more there are."""
        return len(self.agents) - len(self.first)


class _Moved(NamedTuple):
    agent: int
    source: int | None
    target: int
    mode: int
    before: float | None
    after: float | None


@dataclass(slots=True)
class _Names:
    agents: dict[int, str] = field(default_factory=dict)
    queues: dict[int, str] = field(default_factory=dict)
    departments: dict[int, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    moves: dict[int, _Moved] = field(default_factory=dict)


AGENT_NUMBER = Case(
    When(subject__regex=r"^agent:[0-9]{1,18}$", then=Cast(Substr("subject", len("agent:") + 1), BigIntegerField()))
)
"""Whom an Entry is about, so that people need not be counted up in the statement: there may be 50,000."""


def timeline(
    *,
    department_ids: Sequence[int] | None,
    kind: str = "",
    queue_id: int | None = None,
    before: int | None = None,
    limit: int = 40,
) -> list[Line]:
    """The newest `limit` entries before a ledger position, filtered, alike ones drawn together.

    As many statements whatever their number.
    """
    entries = Entry.objects.filter(kind__in=KINDS.get(kind, NEWS), position__isnull=False)
    if before is not None:
        entries = entries.filter(position__lt=before)
    entries = _about(entries, department_ids=department_ids, queue_id=queue_id)
    found = list(entries.order_by("-position")[:limit])
    names = _names(found)
    return [_line(group, names) for group in _together(found)]


def _about(entries: QuerySet[Entry], *, department_ids: Sequence[int] | None, queue_id: int | None) -> QuerySet[Entry]:
    """Those that concern one queue, or any queue, person or setting of these departments."""
    if queue_id is not None:
        queues: Iterable[int] = [queue_id]
    elif department_ids is None:
        return entries
    else:
        queues = Queue.objects.filter(department_id__in=department_ids).values_list("pk", flat=True)
    numbers, own = list(queues), list(department_ids or ())
    condition = Q(data__queue__in=numbers) | Q(data__source__in=numbers) | Q(data__target__in=numbers)
    if queue_id is None:
        entries = entries.alias(agent_number=AGENT_NUMBER)
        condition |= Q(Exists(Agent.objects.filter(pk=OuterRef("agent_number"), department_id__in=own)))
        condition |= Q(data__department__in=own)
        condition |= Q(kind__in=("matcher.stopped", "matcher.resumed", "policy.changed"))
    return entries.filter(condition)


def _together(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Neighbours alike, cut where they lie too far apart."""
    for _key, group in groupby(entries, key=_cause):
        together: list[Entry] = []
        for entry in group:
            if together and together[0].at - entry.at > TOGETHER:
                yield together
                together = []
            together.append(entry)
        yield together


def _cause(entry: Entry) -> tuple[object, ...]:
    data = entry.data
    alike = entry.kind.startswith(("move.", "duty.", "agent.")) and entry.kind != "move.acknowledged"
    return (entry.kind, entry.actor, data.get("target"), data.get("queue"), None if alike else entry.pk)


def _names(entries: Sequence[Entry]) -> _Names:
    """Every name that these entries mention, in one statement a noun."""
    names = _Names(users=user_names(entry.actor for entry in entries))
    names.moves = {
        pk: _Moved(*row)
        for pk, *row in Move.objects.filter(
            Q(pk__in=_numbers(entries, "move")) | Q(objection__in=_numbers(entries, "objection"))
        ).values_list(
            "pk",
            "agent_id",
            "source_id",
            "target_id",
            "mode",
            "terms__target__level_before",
            "terms__target__level_after",
        )
    }
    agents = _numbers(entries, "agent") | {move.agent for move in names.moves.values()}
    agents |= {int(entry.subject.removeprefix("agent:")) for entry in entries if entry.subject.startswith("agent:")}
    names.agents = dict(Agent.objects.filter(pk__in=agents).values_list("pk", "name"))
    queues = {number for key in ("queue", "source", "target") for number in _numbers(entries, key)}
    queues |= {queue for move in names.moves.values() for queue in (move.source, move.target) if queue}
    names.queues = dict(Queue.objects.filter(pk__in=queues).values_list("pk", "name"))
    departments = _numbers(entries, "department")
    names.departments = dict(Department.objects.filter(pk__in=departments).values_list("pk", "name"))
    return names


def _numbers(entries: Iterable[Entry], key: str) -> set[int]:
    return {entry.data[key] for entry in entries if isinstance(entry.data.get(key), int)}


def _line(group: Sequence[Entry], names: _Names) -> Line:
    newest = group[0]
    data = newest.data
    move = names.moves.get(data.get("move", 0)) if isinstance(data.get("move"), int) else None
    source = data.get("source") or (move.source if move else None)
    target = data.get("target") or data.get("queue") or (move.target if move else None)
    people = [_agent(entry, names) for entry in group]
    return Line(
        kind=newest.kind,
        at=newest.at,
        position=group[-1].position or 0,
        actor=names.users.get(newest.actor, ""),
        agents=list(dict.fromkeys(name for name in people if name)),
        source=names.queues.get(source, "") if isinstance(source, int) else "",
        target=names.queues.get(target, "") if isinstance(target, int) else "",
        department=names.departments.get(data.get("department"), ""),
        data=data,
        same_source=len({entry.data.get("source") for entry in group}) == 1,
        level_before=move.before if move else None,
        level_after=move.after if move else None,
        is_shadow=move is not None and move.mode == Mode.SHADOW,
    )


def _agent(entry: Entry, names: _Names) -> str:
    if entry.subject.startswith("agent:"):
        return names.agents.get(int(entry.subject.removeprefix("agent:")), "")
    return names.agents.get(entry.data.get("agent", 0), "") if isinstance(entry.data.get("agent"), int) else ""
