"""The draw of a shift, for whoever plans it: who asks, when it closes, what came out, and how to draw it again."""

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.models import Department
from gigcx.accounts.permissions import allow
from marketplace.actions.shift_figures import owner_of
from marketplace.models import Draw
from marketplace.queries.board import ledger_position
from marketplace.queries.draws import tickets_of
from marketplace.queries.shifts import shifts_of
from marketplace.queries.waiting import draw_for, seconds_to_minute
from marketplace.rules import may_read_draws, may_see_board, may_work
from marketplace.views.board import view_of
from marketplace.views.broadcast import Rendered
from marketplace.views.planner import Shown
from marketplace.vocabulary import AGAINST_WORDS


@never_cache
@allow(may_see_board)
@require_safe
def shift_draw(request: HttpRequest, shift_id: int) -> HttpResponse:
    """The whole page."""
    draw = planned_draw(shift_id=shift_id, department_ids=view_of(request.user))
    if draw is None:
        raise Http404
    day = timezone.localtime(draw.shift.starts_at).date()
    context = {
        "shift": draw.shift,
        "state": draw_state(shift_id=shift_id, now=timezone.now()),
        "back": Shown(department=Department(pk=owner_of(draw.shift)), day=day).address,
    }
    return render(request, "marketplace/planner/draw.html", context)


def draw_state(*, shift_id: int, now: datetime) -> Rendered:
    """The live part of the page; the position is read first, so that it includes it. Raises `Draw.DoesNotExist`."""
    position = ledger_position()
    draw = Draw.objects.select_related("shift").get(shift=shift_id)
    until = draw.shift.draw_until
    closed = until is None or until <= now
    context = {
        "draw": draw,
        "shift": draw.shift,
        "tickets": tickets_of(draw=draw, now=now),
        "places": draw.record["places"] if draw.drawn_at else draw.shift.places - draw.shift.taken,
        "closed": closed,
        "against": AGAINST_WORDS,
        "now": now,
    }
    html = render_to_string("marketplace/planner/drawing.html", context).strip()
    lasts = seconds_to_minute([] if until is None or closed else [until], now=now)
    return Rendered(position=position, parts={"draw": html}, lasts_seconds=lasts)


def planned_draw(*, shift_id: int, department_ids: Sequence[int] | None) -> Draw | None:
    """The draw of a shift of these departments; None for `department_ids`: of all."""
    if not shifts_of(department_ids=department_ids).filter(pk=shift_id).exists():
        return None
    return draw_for(shift_id=shift_id, agent_id=None)


@never_cache
@allow(may_read_draws)
@require_safe
def draw_record(request: HttpRequest, shift_id: int) -> HttpResponse:
    """The record of a draw as a file that `python -m marketplace.claiming.draw` reads; not there before the draw.

    For whoever plans the shift, and for those who asked in the draw.
    """
    user = request.user
    draw = planned_draw(shift_id=shift_id, department_ids=view_of(user)) if may_see_board(user) else None
    if draw is None and may_work(user):
        draw = draw_for(shift_id=shift_id, agent_id=user.agent.pk)
    if draw is None or draw.drawn_at is None:
        raise Http404
    name = f"draw-{shift_id}.json"
    return JsonResponse(draw.record, headers={"Content-Disposition": f'attachment; filename="{name}"'})
