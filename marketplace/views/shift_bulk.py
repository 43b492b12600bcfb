"""Many shifts of the planner at once: open, cancel, pay a bonus. What cancelling costs is said before it is done."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gigcx.accounts.models import Department
from gigcx.accounts.permissions import allow
from marketplace.actions.change_shift import set_bonus
from marketplace.actions.open_shifts import cancel_shifts, open_shifts
from marketplace.actions.refused import Refused
from marketplace.actions.work_proposals import policy_of
from marketplace.queries.cancelling import price_of
from marketplace.queries.shifts import departments_of, shifts_of
from marketplace.rules import may_see_board
from marketplace.templatetags.shift_figures import WITHOUT_CENTS
from marketplace.views.planner import Shown, page_context, planned_department
from marketplace.views.said import numbers_of
from marketplace.vocabulary import Opening

DRAW_HOURS = ("2", "24", "48")
"""From the opening to the draw, as the page offers it."""


@allow(may_see_board)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """Do to all ticked shifts what was pressed; all of them or none. With none ticked it says so.

    Who comes back to this address (reloaded, or signed in anew) is led to the planner.
    """
    if request.method != "POST":
        return redirect("planner")
    department = planned_department(request.user, request.POST.get("department", ""))
    now = timezone.now()
    shown = Shown.of(department, request.POST, now=now)
    shift_ids = numbers_of(request.POST.getlist("shifts"))
    if shifts_of(department_ids=[department.pk]).filter(pk__in=shift_ids).count() != len(shift_ids):
        raise Http404
    if not shift_ids:
        return _refused(request, shown, [_("Tick one shift or more first.")], now=now)
    do = request.POST.get("do", "")
    if do == "cancel" and "sure" not in request.POST:
        price = price_of(shift_ids=shift_ids, now=now)
        if price.people:
            context = {"department": department, "shown": shown, "price": price, "shift_ids": sorted(shift_ids)}
            return render(request, "marketplace/planner/confirm.html", context)
    try:
        _act(do, shift_ids, request.POST, department, actor=request.user.ledger_name, now=now)
    except Refused as refused:
        return _refused(request, shown, refused.sentences, now=now)
    return redirect(shown.address + "#shifts")


def _refused(request: HttpRequest, shown: Shown, sentences: Sequence[str], *, now: datetime) -> HttpResponse:
    """The page again, with what speaks against it."""
    departments = departments_of(user=request.user)
    context = page_context(request.user, departments, shown, now=now, refusals=sentences)
    return render(request, "marketplace/planner/page.html", context, status=409)


def _act(
    do: str, shift_ids: Collection[int], said: QueryDict, department: Department, *, actor: str, now: datetime
) -> None:
    if do == "open":
        open_shifts(shift_ids=shift_ids, **opening_of(said.get("opening", ""), now=now), actor=actor, now=now)
    elif do == "cancel":
        cancel_shifts(shift_ids=shift_ids, actor=actor, now=now)
    elif do == "bonus":
        minor = 1 if policy_of(department.pk).currency in WITHOUT_CENTS else 100
        set_bonus(shift_ids=shift_ids, bonus_per_hour=_amount(said.get("bonus", ""), minor), actor=actor, now=now)
    else:
        raise Http404


def _amount(text: str, minor: int) -> int:
    try:
        amount = round(Decimal(text.replace(",", ".") or "0") * minor)
    except (InvalidOperation, ValueError, OverflowError):
        raise Http404 from None
    if not 0 <= amount < 1_000_000:
        raise Http404
    return amount


def opening_of(text: str, *, now: datetime) -> dict[str, Any]:
    """How shifts open: `draw-24` by a draw in so many hours, `tiers` to the most reliable first, else at once."""
    kind, _, hours = text.partition("-")
    if kind == Opening.DRAW and hours in DRAW_HOURS:
        return {"opening": Opening.DRAW, "draw_until": now + timedelta(hours=int(hours))}
    return {"opening": Opening.TIERS if kind == Opening.TIERS else Opening.FIRST_COME}
