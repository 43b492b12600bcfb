"""What a dispatcher does from the board with one press: decide on moves, pin, hear, set modes, stop everything."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from gigcx.accounts.permissions import allow
from marketplace.actions.answer import hear
from marketplace.actions.decide import accept, reject, revert
from marketplace.actions.mode import set_mode, set_stopped
from marketplace.actions.pin import set_pinned
from marketplace.actions.refused import Refused
from marketplace.queries.moves import objections_seen
from marketplace.queries.people import person
from marketplace.rules import may_dispatch, may_see_board
from marketplace.views.board import board_state, moves_in_view, view_of
from marketplace.views.broadcast import squeezed

View = Callable[..., HttpResponse]


def answer(request: HttpRequest, *, said: str = "", refusals: Any = (), close: bool = False) -> HttpResponse:
    """The board as it now is, with one line about what happened; without htmx, back to the page."""
    if not request.htmx:
        return redirect("board")
    state = board_state(department_ids=view_of(request.user), now=timezone.now())
    context = {"parts": state.parts, "said": said, "refusals": refusals}
    response = render(request, "marketplace/live/answer.html", context)
    response.content = squeezed(response.content.decode()).encode()
    if close:
        response["HX-Trigger"] = "sheet:close"
    return response


def steering(view: View) -> View:
    """A view that acts: for dispatchers, by POST only; what the action refuses is said in its words, with 409."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            response = answer(request, refusals=refused.sentences)
            response.status_code = 409 if request.htmx else response.status_code
            return response

    return allow(may_see_board)(require_POST(guarded))


@steering
def accept_move(request: HttpRequest, move_id: int) -> HttpResponse:
    """Make a proposed move; for who dispatches both departments, as with a move by hand."""
    move = _move(request, move_id)
    departments = {move.target.department_id, (move.source or move.target).department_id}
    if not all(may_dispatch(request.user, department) for department in departments):
        raise PermissionDenied
    accept(move_id=move_id, actor=request.user.ledger_name, now=timezone.now())
    return answer(request, said="accepted", close=True)


@steering
def reject_move(request: HttpRequest, move_id: int) -> HttpResponse:
    """Say no to a proposed move."""
    _move(request, move_id)
    reject(move_id=move_id, actor=request.user.ledger_name, now=timezone.now())
    return answer(request, said="rejected", close=True)


@steering
def undo_move(request: HttpRequest, move_id: int) -> HttpResponse:
    """Send the agent back."""
    _move(request, move_id)
    revert(move_id=move_id, actor=request.user.ledger_name, now=timezone.now())
    return answer(request, said="undone", close=True)


@steering
def pin(request: HttpRequest, agent_id: int) -> HttpResponse:
    """Pin a person to the present queue, or unpin."""
    if person(agent_id=agent_id, department_ids=view_of(request.user)) is None:
        raise Http404
    pinned = request.POST.get("pinned") == "1"
    set_pinned(agent_id=agent_id, pinned=pinned, actor=request.user.ledger_name, now=timezone.now())
    return answer(request, said="pinned" if pinned else "unpinned")


@steering
def heard(request: HttpRequest, objection_id: int) -> HttpResponse:
    """An objection was read."""
    if not objections_seen(department_ids=view_of(request.user)).filter(pk=objection_id).exists():
        raise Http404
    hear(objection_id=objection_id, actor=request.user.ledger_name, now=timezone.now())
    return answer(request, said="heard")


@steering
def mode(request: HttpRequest, department_id: int) -> HttpResponse:
    """How far the matcher may go in a department."""
    if not may_dispatch(request.user, department_id):
        raise Http404
    wanted = request.POST.get("mode", "")
    if wanted not in {"0", "1", "2", "3"}:
        return HttpResponseBadRequest()
    set_mode(department_id=department_id, mode=int(wanted), actor=request.user.ledger_name, now=timezone.now())
    return answer(request)


@steering
def stop(request: HttpRequest) -> HttpResponse:
    """The switch that stops every automatic move, and the same switch back."""
    stopped = request.POST.get("stopped") == "1"
    set_stopped(stopped=stopped, actor=request.user.ledger_name, now=timezone.now())
    return answer(request, said="stopped" if stopped else "resumed")


def _move(request: HttpRequest, move_id: int) -> Any:
    move = moves_in_view(request.user).select_related("source", "target").filter(pk=move_id).first()
    if move is None:
        raise Http404
    return move
