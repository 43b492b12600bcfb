"""The dispatcher's board and what opens from it: a queue, a move's reasons, the people, the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.models import User
from gigcx.accounts.permissions import allow
from marketplace.models import Queue
from marketplace.queries.board import QueueLine, department_ids_of, floor, ledger_position, within
from marketplace.queries.moves import explained, moves_seen, open_objections, recent_moves
from marketplace.queries.people import people
from marketplace.queries.timeline import timeline
from marketplace.rules import may_see_board
from marketplace.views.broadcast import Rendered
from marketplace.views.said import number_of
from marketplace.views.sparkline import Sparkline, sparkline
from marketplace.vocabulary import MODE_WORDS

PARTS = {
    "summary": "marketplace/board/summary.html",
    "controls": "marketplace/board/controls.html",
    "modes": "marketplace/board/modes.html",
    "order": "marketplace/board/order.html",
    "moves": "marketplace/board/moves.html",
    "objections": "marketplace/board/objections.html",
    "timeline": "marketplace/board/timeline.html",
}
"""The live parts of the page beside the rows; each template's outermost element has the key as its id."""
ROW = "marketplace/board/row.html"


def view_of(user: User) -> tuple[int, ...] | None:
    """The departments that this person watches; None: all."""
    return department_ids_of(user=user)


@dataclass(frozen=True, slots=True)
class Row:
    """One queue as the table shows it."""

    line: QueueLine
    spark: Sparkline

    @property
    def html_id(self) -> str:
        """The row's id in the page."""
        return f"queue-{self.line.queue.pk}"


def board_context(*, department_ids: Sequence[int] | None, now: datetime) -> dict[str, Any]:
    """Everything the board shows, in a fixed number of statements."""
    state = floor(department_ids=department_ids, now=now)
    return {
        "floor": state,
        "rows": [Row(line=line, spark=sparkline(line.history)) for line in state.lines],
        "moves": recent_moves(department_ids=department_ids, now=now),
        "objections": open_objections(department_ids=department_ids),
        "timeline": timeline(department_ids=department_ids),
        "modes": MODE_WORDS,
        "now": now,
    }


def board_state(*, department_ids: Sequence[int] | None, now: datetime) -> Rendered:
    """The live parts as they are now; the position is read first, so that they include it."""
    return _state(position=ledger_position(), context=board_context(department_ids=department_ids, now=now))


def _state(*, position: int, context: dict[str, Any]) -> Rendered:
    parts = {row.html_id: render_to_string(ROW, context | {"row": row}).strip() for row in context["rows"]}
    parts |= {name: render_to_string(template, context).strip() for name, template in PARTS.items()}
    return Rendered(position=position, parts=parts)


@never_cache
@allow(may_see_board)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The whole page: the live parts as the stream would send them, and what stands around them."""
    position = ledger_position()
    context = board_context(department_ids=view_of(request.user), now=timezone.now())
    return render(
        request, "marketplace/board/page.html", context | {"state": _state(position=position, context=context)}
    )


@never_cache
@allow(may_see_board)
@require_safe
def queue_panel(request: HttpRequest, queue_id: int) -> HttpResponse:
    """One queue: its figures, its people, its moves."""
    queue = visible_queue(request.user, queue_id)
    departments, now = view_of(request.user), timezone.now()
    lines = floor(department_ids=[queue.department_id], now=now).lines
    line = next((line for line in lines if line.queue.pk == queue.pk), None)
    if line is None:
        raise Http404
    moves = recent_moves(department_ids=departments, now=now)
    context = {
        "row": Row(line=line, spark=sparkline(line.history)),
        "people": people(department_ids=departments, queue_id=queue.pk),
        "lines": [
            one for one in (*moves.proposed, *moves.made) if queue.pk in (one.move.source_id, one.move.target_id)
        ],
        "now": now,
    }
    return render(request, "marketplace/board/queue.html", context)


@never_cache
@allow(may_see_board)
@require_safe
def why(request: HttpRequest, move_id: int) -> HttpResponse:
    """Every number behind one move, before → after."""
    lines = explained(moves_in_view(request.user).filter(pk=move_id))
    if not lines:
        raise Http404
    return render(request, "marketplace/board/why.html", {"line": lines[0]})


@never_cache
@allow(may_see_board)
@require_safe
def who(request: HttpRequest) -> HttpResponse:
    """Who is where; only the list when a search asks for it."""
    search = request.GET.get("search", "")
    context = {"people": people(department_ids=view_of(request.user), search=search), "search": search}
    partial = request.htmx.target == "ul#people-list" or "search" in request.GET
    return render(request, f"marketplace/board/{'people_list' if partial else 'people'}.html", context)


@never_cache
@allow(may_see_board)
@require_safe
def past(request: HttpRequest) -> HttpResponse:
    """A stretch of the timeline: filtered, or older than what is shown."""
    lines = timeline(department_ids=view_of(request.user), **timeline_filter(request.GET))
    older = request.GET.copy()
    if lines:
        older["before"] = str(lines[-1].position)
    context = {"timeline": lines, "query": request.GET, "older": older.urlencode()}
    if not request.htmx:
        return render(request, "marketplace/board/timeline_page.html", context)
    if "before" in request.GET:
        return render(request, "marketplace/board/timeline_older.html", context)
    filtered = request.GET.get("kind") or request.GET.get("queue")
    return render(request, f"marketplace/board/timeline{'_found' if filtered else ''}.html", context)


def timeline_filter(query: Mapping[str, str]) -> dict[str, Any]:
    """The filter that a query string asks for; what is not understood filters nothing."""
    queue, before = query.get("queue", ""), query.get("before", "")
    return {
        "kind": query.get("kind", ""),
        "queue_id": number_of(queue),
        "before": number_of(before),
    }


def visible_queue(user: User, queue_id: int) -> Queue:
    """A queue that this person watches. Raises `Http404` for any other."""
    queue = Queue.objects.filter(within(view_of(user)), pk=queue_id).first()
    if queue is None:
        raise Http404
    return queue


def moves_in_view(user: User) -> Any:
    """The moves from or to the queues that this person watches."""
    return moves_seen(department_ids=view_of(user))
