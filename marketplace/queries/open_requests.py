"""What waits for a word of dispatchers and admins: how much of each kind, and since or until when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet, Value

from marketplace.queries.reliability import appeals_before
from marketplace.queries.swaps import agreed
from marketplace.queries.time_off import time_off_of
from marketplace.vocabulary import TimeOffState
from skills.models import RequestState, SkillRequest


@dataclass(frozen=True, slots=True)
class Waits:
    """How many of one kind."""

    number: int = 0
    first: datetime | None = None
    """Swaps: when the first is over; others: when the first was asked."""


@dataclass(frozen=True, slots=True)
class OpenRequests:
    """By kind; skills are the admins' to answer."""

    time_off: Waits = Waits()
    swaps: Waits = Waits()
    appeals: Waits = Waits()
    skills: Waits = Waits()

    @property
    def number(self) -> int:
        """All of them."""
        return sum(one.number for one in (self.time_off, self.swaps, self.appeals, self.skills))


def open_requests(*, department_ids: Sequence[int] | None, now: datetime) -> OpenRequests:
    """Those of these departments; None, which is what admins see: of all, and skills too. One statement."""
    first, *others = _counted(department_ids, now)
    return OpenRequests(**{kind: Waits(number, since) for kind, number, since in first.union(*others, all=True)})


def _counted(department_ids: Sequence[int] | None, now: datetime) -> Iterator[Any]:
    yield _count("swaps", agreed(department_ids=department_ids, now=now), "expires_at")
    yield _count("appeals", appeals_before(department_ids=department_ids).waiting, "made_at")
    time_off = time_off_of(department_ids=department_ids).filter(status=TimeOffState.ASKED)
    yield _count("time_off", time_off, "asked_at")
    if department_ids is None:
        yield _count("skills", SkillRequest.objects.filter(status=RequestState.ASKED), "asked_at")


def _count(kind: str, found: QuerySet[Any], when: str) -> Any:
    """One row: the kind, the number and the first; none where nothing waits."""
    by_kind = found.order_by().annotate(kind=Value(kind)).values("kind")
    return by_kind.annotate(number=Count("pk"), first=Min(when)).values_list("kind", "number", "first")
