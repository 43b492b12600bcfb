"""The dispatcher's board: each queue as it is now, trouble first, and the floor as a whole.

The number of statements is fixed, whatever the number of queues.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.db.models import Count, Max, Q

from gigcx.accounts.models import Department, User
from gigcx.accounts.permissions import is_admin
from gigcx.ledger.models import Entry
from marketplace.models import AgentNow, Move, Policy, Queue
from marketplace.models.moves import MoveState
from marketplace.queries.at_risk import booked_but_absent
from marketplace.queries.hours import is_open
from marketplace.queries.recent import History, Tally, read_histories

AT_RISK_BELOW = 0.9
"""A queue with less than this part of the people it needs is at risk; one person more or less is no alarm."""
SILENT_SECONDS = 60
"""Figures of a switch that are older than this are called old on the screen."""


class Trouble(IntEnum):
    """How much a queue wants looking at; the order of the board."""

    MISSING = 0
    """The level now is below the target."""
    AT_RISK = 1
    """The target is met now, but a surge, the outlook or the staffing says that it will not be."""
    FINE = 2
    QUIET = 3
    """Nothing was offered in the last 15 minutes: there is no level."""
    CLOSED = 4


@dataclass(frozen=True, slots=True)
class Surge:
    """Demand that the forecast does not explain."""

    factor: float
    since: datetime
    sure: float
    """Probability, 0–1."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue of the board. `level` is null where nothing was offered."""

    queue: Queue
    tally: Tally
    level: float | None
    waiting: int
    longest_wait_seconds: float
    on_duty: int
    need: int | None
    expected_share: float | None
    surge: Surge | None
    trouble: Trouble
    history: History

    @property
    def gap(self) -> int | None:
        """On duty less needed: below zero people are missing."""
        return None if self.need is None else self.on_duty - self.need

    @property
    def missed(self) -> float:
        """Contacts short of the target in the last 15 minutes; what trouble is sorted by."""
        return 0.0 if self.level is None else (self.queue.target_share - self.level) * self.tally.offered


@dataclass(frozen=True, slots=True)
class Floor:
    """The whole of what one audience sees, in figures."""

    lines: Sequence[QueueLine]
    departments: Sequence[Department]
    stopped: bool
    level: float | None
    target: float | None
    """What the level would be if every queue met its target exactly."""
    waiting: int
    on_duty: int
    need: int | None
    moves_this_hour: int
    heard_at: datetime | None
    """When the switches last reported."""
    silent: bool
    absent: int
    """People who booked a shift that runs, and have not come."""

    @property
    def gap(self) -> int | None:
        """On duty less needed."""
        return None if self.need is None else self.on_duty - self.need

    @property
    def by_name(self) -> Sequence[QueueLine]:
        """The queues in an order that does not change."""
        return sorted(self.lines, key=lambda line: line.queue.name)

    @property
    def same_mode(self) -> int | None:
        """The mode, where every department has the same."""
        modes = {department.mode for department in self.departments}
        return modes.pop() if len(modes) == 1 else None


def department_ids_of(*, user: User) -> tuple[int, ...] | None:
    """The departments that a person watches; None: all of them."""
    if is_admin(user):
        return None
    return tuple(user.departments.order_by("pk").values_list("pk", flat=True))


def ledger_position() -> int:
    """How far the ledger has been published; 0 before the first Entry."""
    return Entry.objects.aggregate(last=Max("position"))["last"] or 0


def floor(*, department_ids: Sequence[int] | None, now: datetime) -> Floor:
    """The board as of `now`, for these departments (None: all)."""
    queues = Queue.objects.filter(within(department_ids), is_active=True).select_related("now", "department")
    histories = read_histories(department_ids=department_ids, now=now)
    staff = dict(AgentNow.objects.values_list("queue_id").annotate(Count("pk")))
    lines = sorted((_line(queue, histories, staff, now) for queue in queues), key=_trouble_first)
    departments = Department.objects.order_by("name")
    if department_ids is not None:
        departments = departments.filter(pk__in=department_ids)
    policy = Policy.objects.first()
    moves = Move.objects.filter(
        within(department_ids, "source__") | within(department_ids, "target__"),
        status__in=(MoveState.APPLIED, MoveState.REVERTED),
        created_at__gt=now - timedelta(hours=1),
    ).count()
    absent = booked_but_absent(department_ids=department_ids, now=now)
    stopped = bool(policy and policy.stopped)
    return _sum(lines, list(departments), stopped=stopped, moves=moves, absent=absent, now=now)


def within(department_ids: Sequence[int] | None, prefix: str = "") -> Q:
    """The condition that a queue belongs to one of these departments (None: any)."""
    return Q() if department_ids is None else Q(**{f"{prefix}department_id__in": department_ids})


def _line(queue: Queue, histories: dict[int, History], staff: dict[int, int], now: datetime) -> QueueLine:
    seen = getattr(queue, "now", None)
    history = histories.get(queue.pk) or History()
    waiting = seen.waiting if seen else 0
    longest = seen.longest_wait_seconds if seen else 0.0
    tally = history.tally.with_waiting(
        waiting=waiting, longest_wait_seconds=longest, target_seconds=queue.target_seconds
    )
    surge = None
    if seen and seen.surge_since is not None:
        since = datetime.fromtimestamp(seen.surge_since, tz=now.tzinfo)
        surge = Surge(factor=seen.surge_factor or 1.0, since=since, sure=seen.surge_sure or 0.0)
    on_duty = staff.get(queue.pk, 0)
    need = seen.need if seen else None
    expected = seen.expected_share if seen else None
    at_risk = (
        surge is not None
        or (expected is not None and expected < queue.target_share)
        or (need is not None and on_duty < AT_RISK_BELOW * need)
    )
    return QueueLine(
        queue=queue,
        tally=tally,
        level=tally.level,
        waiting=waiting,
        longest_wait_seconds=longest,
        on_duty=on_duty,
        need=need,
        expected_share=expected,
        surge=surge,
        trouble=_trouble(queue, level=tally.level, at_risk=at_risk, now=now),
        history=history,
    )


def _trouble(queue: Queue, *, level: float | None, at_risk: bool, now: datetime) -> Trouble:
    if level is not None and level < queue.target_share:
        return Trouble.MISSING
    if not is_open(opens=queue.opens, closes=queue.closes, zone=queue.timezone, now=now):
        return Trouble.CLOSED
    if at_risk:
        return Trouble.AT_RISK
    return Trouble.QUIET if level is None else Trouble.FINE


def _trouble_first(line: QueueLine) -> tuple[int, float, str]:
    """Surges and misses on top, by contacts missed; the rest by name, so that it does not move about."""
    if line.trouble == Trouble.MISSING:
        return (0 if line.surge else 1, -line.missed * line.queue.priority, line.queue.name)
    if line.trouble == Trouble.AT_RISK:
        return (2 if line.surge else 3, float(line.gap or 0), line.queue.name)
    return (2 + line.trouble, 0.0, line.queue.name)


def _sum(
    lines: Sequence[QueueLine],
    departments: Sequence[Department],
    *,
    stopped: bool,
    moves: int,
    absent: int,
    now: datetime,
) -> Floor:
    offered = sum(line.tally.offered for line in lines)
    heard = max((queue_now.as_of for queue_now in _reports(lines)), default=0.0)
    needs = [line.need for line in lines if line.need is not None]
    return Floor(
        lines=lines,
        departments=departments,
        stopped=stopped,
        level=sum(line.tally.in_target for line in lines) / offered if offered else None,
        target=sum(line.queue.target_share * line.tally.offered for line in lines) / offered if offered else None,
        waiting=sum(line.waiting for line in lines),
        on_duty=sum(line.on_duty for line in lines),
        need=sum(needs) if needs else None,
        moves_this_hour=moves,
        heard_at=datetime.fromtimestamp(heard, tz=now.tzinfo) if heard else None,
        silent=now.timestamp() - heard > SILENT_SECONDS,
        absent=absent,
    )


def _reports(lines: Iterable[QueueLine]) -> Iterable:
    return (line.queue.now for line in lines if hasattr(line.queue, "now"))
