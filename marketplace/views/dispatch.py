"""A move by hand: pick a person, pick a queue, see before → after and every refusal, confirm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gigcx.accounts.permissions import allow
from marketplace.actions.dispatch import Preview, dispatch, preview
from marketplace.actions.refused import Refused
from marketplace.models import Queue
from marketplace.queries.board import QueueLine, floor
from marketplace.queries.people import Person, people, person
from marketplace.rules import may_dispatch, may_see_board
from marketplace.snapshot.competence import known_competence
from marketplace.views.board import view_of, visible_queue
from marketplace.views.said import number_of
from marketplace.views.steer import answer
from marketplace.vocabulary import REFUSAL_WORDS

FOUND_AT_MOST = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """One queue to choose, and whether the person is able to serve it."""

    line: QueueLine
    able: bool


@never_cache
@allow(may_see_board)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest) -> HttpResponse:
    """Each step of the way by GET; POST moves."""
    if request.method == "POST":
        return _make(request)
    agent_id, queue_id = _number(request, "agent"), _number(request, "queue")
    if agent_id is None:
        return _choose_person(request)
    who = _visible_person(request, agent_id)
    if queue_id is None:
        return render(request, "marketplace/board/move_queue.html", {"person": who, "choices": _choices(request, who)})
    return _foresee(request, who, visible_queue(request.user, queue_id))


def _choose_person(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("search", "")
    found = people(department_ids=view_of(request.user), search=search, limit=FOUND_AT_MOST)
    template = "move_people" if "search" in request.GET else "move_person"
    return render(request, f"marketplace/board/{template}.html", {"people": found, "search": search})


def _choices(request: HttpRequest, who: Person) -> list[Choice]:
    """The queues of the board, trouble first, those the person can serve before the others; not the present one."""
    now = timezone.now()
    able = able_to_serve(agent_id=who.agent.pk, now=now)
    lines = floor(department_ids=view_of(request.user), now=now).lines
    choices = [Choice(line=line, able=line.queue.pk in able) for line in lines if line.queue.pk != who.now.queue_id]
    return sorted(choices, key=lambda choice: not choice.able)


def able_to_serve(*, agent_id: int, now: datetime) -> set[int]:
    """The queues that skills and certifications allow, their last day apart."""
    known = known_competence(now=now)
    rows = (known.people == agent_id).nonzero()[0]
    if not len(rows):
        return set()
    table, row = known.eligible, int(rows[0])
    return {int(known.queue_ids[queue]) for queue in table.queue[table.start[row] : table.start[row + 1]]}


def _foresee(
    request: HttpRequest, who: Person, queue: Queue, refused: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    """What the move would do to both queues, and what speaks against it."""
    foreseen: Preview | None = None
    try:
        foreseen = preview(agent_id=who.agent.pk, queue_id=queue.pk, now=timezone.now())
    except Refused as no:
        refused = refused or no.sentences
    binding = [str(REFUSAL_WORDS[code]) for code in foreseen.binding] if foreseen else []
    context = {
        "person": who,
        "queue": queue,
        "foreseen": foreseen,
        "binding": list(dict.fromkeys([*refused, *binding])),
        "advice": [str(REFUSAL_WORDS[code]) for code in foreseen.advice] if foreseen else [],
    }
    return render(request, "marketplace/board/move_confirm.html", context, status=status)


def _make(request: HttpRequest) -> HttpResponse:
    who = _visible_person(request, _number(request, "agent"))
    queue = visible_queue(request.user, _number(request, "queue") or 0)
    giving = who.now.queue.department_id if who.now.queue else who.now.department_id
    if not (may_dispatch(request.user, giving) and may_dispatch(request.user, queue.department_id)):
        raise PermissionDenied
    try:
        dispatch(
            agent_id=who.agent.pk,
            queue_id=queue.pk,
            actor=request.user.ledger_name,
            now=timezone.now(),
            pin=request.POST.get("pin") == "1",
            reason=request.POST.get("reason", "")[:200],
        )
    except Refused as refused:
        return _foresee(request, who, queue, refused=refused.sentences, status=409)
    return answer(request, said="moved", close=True)


def _visible_person(request: HttpRequest, agent_id: int | None) -> Person:
    who = person(agent_id=agent_id, department_ids=view_of(request.user)) if agent_id else None
    if who is None:
        raise Http404
    return who


def _number(request: HttpRequest, name: str) -> int | None:
    return number_of((request.POST if request.method == "POST" else request.GET).get(name, ""))
