"""One shift in a sheet of the planner: make it, change it, see who holds places, pull somebody."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gigcx.accounts.models import Department
from gigcx.accounts.permissions import allow
from marketplace.actions.change_shift import change_shift
from marketplace.actions.make_shift import make_shift
from marketplace.actions.pull import pull_booking
from marketplace.actions.refused import Refused
from marketplace.actions.shift_figures import owner_of
from marketplace.actions.shift_patterns import DEFAULTS, rows_of
from marketplace.models import Booking, Shift
from marketplace.queries.breaks import breaks_of_bookings
from marketplace.queries.planner import bookings_in
from marketplace.queries.shifts import shifts_of
from marketplace.queries.waiting import draw_for
from marketplace.rules import may_see_board
from marketplace.views.board import view_of
from marketplace.views.planner import Shown, planned_department
from marketplace.views.said import day_of
from marketplace.views.shift_form import ShiftForm, initial_of, minor_of
from marketplace.views.shift_form_rows import rows_changed
from marketplace.vocabulary import BookingState, ShiftState

FORM, SHIFT = "marketplace/planner/new.html", "marketplace/planner/shift.html"
USUAL, MORNING = timedelta(hours=4), time(9)
PULLED = (BookingState.HELD, BookingState.RELEASING)


@never_cache
@allow(may_see_board)
@require_http_methods(["GET", "HEAD", "POST"])
def new_shift(request: HttpRequest) -> HttpResponse:
    """The empty form, with the queue and the period that were drawn; posted, the shift."""
    department = planned_department(request.user, (request.POST or request.GET).get("department", ""))
    now = timezone.now()
    if request.method != "POST":
        initial = _drawn(request, department, minor_of(department), now=now)
        return _form(request, ShiftForm(initial=initial, department=department))
    if (said := rows_changed(request.POST)) is not None:
        return _form(request, ShiftForm(initial=said, department=department))
    form = ShiftForm(request.POST, department=department)
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        shift = make_shift(
            figures=form.figures(), open_now=request.POST.get("do") == "open", actor=request.user.ledger_name, now=now
        )
    except Refused as refused:
        return _form(request, form, refusals=refused.sentences, status=409)
    return _back(request, shift)


@never_cache
@allow(may_see_board)
@require_http_methods(["GET", "HEAD", "POST"])
def shift_sheet(request: HttpRequest, shift_id: int) -> HttpResponse:
    """A shift, its people, its form; posted, other figures."""
    shift = _shift(request, shift_id)
    department = Department.objects.get(pk=owner_of(shift))
    if request.method != "POST":
        return _sheet(request, shift, _form_of(shift, department))
    if (said := rows_changed(request.POST)) is not None:
        return _sheet(request, shift, ShiftForm(initial=said, department=department))
    form = ShiftForm(request.POST, department=department)
    if not form.is_valid():
        return _sheet(request, shift, form, status=422)
    try:
        change_shift(shift_id=shift.pk, figures=form.figures(), actor=request.user.ledger_name, now=timezone.now())
    except Refused as refused:
        return _sheet(request, shift, form, refusals=refused.sentences, status=409)
    return _back(request, shift)


@allow(may_see_board)
@require_POST
def pull(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Take one person's place back."""
    booking = Booking.objects.filter(pk=booking_id).first()
    if booking is None:
        raise Http404
    shift = _shift(request, booking.shift_id)
    try:
        pull_booking(
            booking_id=booking.pk, words=request.POST.get("words", ""), actor=request.user.ledger_name,
            now=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        form = _form_of(shift, Department.objects.get(pk=owner_of(shift)))
        return _sheet(request, shift, form, refusals=refused.sentences, status=409)
    return _back(request, shift)


def _form_of(shift: Shift, department: Department) -> ShiftForm:
    return ShiftForm(initial=initial_of(shift, minor=minor_of(department)), department=department)


def _drawn(request: HttpRequest, department: Department, minor: Decimal, *, now: datetime) -> dict[str, Any]:
    """What the new form begins with: what was drawn in the picture, else the next whole hour."""
    asked = request.GET
    start = _instant(asked.get("from", "")) or now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    end = _instant(asked.get("until", "")) or start + USUAL
    if (day := day_of(asked.get("day", ""))) and not asked.get("from"):
        start = max(start, timezone.make_aware(datetime.combine(day, MORNING)))
        end = start + USUAL
    usual = next(iter(rows_of(department.pk)), DEFAULTS[0])
    first = department.queues.filter(is_active=True).order_by("name").first()
    return {
        "queue": asked.get("queue", str(first.pk) if first else ""),
        "day": localtime(start).date(),
        "starts": localtime(start).time(),
        "ends": localtime(end).time(),
        "places": 1,
        "work_place": usual.work_place,
        "pay_per_hour": usual.pay_per_hour / minor,
    }


def _instant(seconds: str) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() and len(seconds) < 12 else None


def _shift(request: HttpRequest, shift_id: int) -> Shift:
    found = shifts_of(department_ids=view_of(request.user)).filter(pk=shift_id).first()
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, form: ShiftForm, *, refusals: Sequence[str] = (), status: int = 200) -> HttpResponse:
    context = {"form": form, "department": form.department, "refusals": refusals}
    return render(request, FORM, context | _shell(request), status=status)


def _sheet(
    request: HttpRequest, shift: Shift, form: ShiftForm, *, refusals: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    bookings, now = bookings_in(shift_id=shift.pk), timezone.now()
    breaks = breaks_of_bookings((one for one in bookings if one.duty_id is not None), now=now)
    context = {
        "form": form,
        "department": form.department,
        "shift": shift,
        "people": [(booking, breaks.get(booking.pk, ())) for booking in bookings],
        "draw": draw_for(shift_id=shift.pk, agent_id=None),
        "now": now,
        "pulled": PULLED,
        "can_change": shift.status != ShiftState.CANCELLED and shift.starts_at > now,
        "refusals": refusals,
    }
    return render(request, SHIFT, context | _shell(request), status=status)


def _shell(request: HttpRequest) -> dict[str, str]:
    """In the sheet of the planner, or without script as a page of its own."""
    in_sheet = request.headers.get("HX-Request") == "true"
    return {"shell": "marketplace/planner/sheet.html" if in_sheet else "marketplace/planner/shell.html"}


def _back(request: HttpRequest, shift: Shift) -> HttpResponse:
    """To the shift's day in the planner."""
    department = Department(pk=owner_of(Shift.objects.select_related("queue").get(pk=shift.pk)))
    address = Shown(department=department, day=localtime(shift.starts_at).date()).address
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    return redirect(address)
