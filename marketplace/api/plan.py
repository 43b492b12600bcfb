"""Planning shifts by API: make, change, open, cancel, pull; what is at risk; how reliable the organisation is."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.models import Department
from gigcx.idempotency import idempotent
from marketplace.actions.change_shift import change_shift, set_bonus
from marketplace.actions.make_shift import make_shift
from marketplace.actions.open_shifts import cancel_shifts, open_shifts
from marketplace.actions.pull import pull_booking
from marketplace.api.acting import acted
from marketplace.api.plan_schemas import (
    AtRiskSerializer,
    BulkSerializer,
    DoneSerializer,
    MakeSerializer,
    PlanSerializer,
    PromisesSerializer,
    PulledSerializer,
    PullSerializer,
    said_of,
)  # fmt: skip
from marketplace.api.schemas import problems
from marketplace.api.shift_schemas import ShiftSerializer
from marketplace.api.shifts import MAY, TAGS, ShiftsView, departments_seen
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.models import Booking, Compensation, Shift
from marketplace.queries.at_risk import shifts_at_risk
from marketplace.queries.cancelling import price_of
from marketplace.queries.organisation import kept_promises
from marketplace.queries.shifts import shifts_of

WRITES = problems(400, 401, 403, 404, 409, 422)


class PlannedShiftsView(ShiftsView):
    """The list, and new shifts."""

    @extend_schema(
        operation_id="make_shift", summary="Make a shift", tags=TAGS, request=MakeSerializer,
        parameters=[IDEMPOTENCY], responses={201: ShiftSerializer, **WRITES},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """Make it."""
        said = MakeSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        figures = said.figures()
        check_department(request, figures.department_id)
        shift = acted(make_shift, request, own=False, figures=figures, open_now=said.validated_data["open"])
        return Response(ShiftSerializer(shift_seen(request, shift.pk)).data, status=201)


class ShiftView(APIView):
    """One shift."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="read_shift", summary="A shift", tags=TAGS,
        responses={200: ShiftSerializer, **problems(401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, shift_id: int) -> Response:
        """Read it."""
        return Response(ShiftSerializer(shift_seen(request, shift_id)).data)

    @extend_schema(
        operation_id="change_shift", summary="Change a shift; what people who hold places were promised stays",
        tags=TAGS, request=PlanSerializer(partial=True), parameters=[IDEMPOTENCY],
        responses={200: ShiftSerializer, **WRITES},
    )  # fmt: skip
    @idempotent
    def patch(self, request: Request, shift_id: int) -> Response:
        """Change what was sent."""
        shift = shift_seen(request, shift_id)
        sent = request.data if isinstance(request.data, dict) else {}
        said = PlanSerializer(data=said_of(shift) | sent)
        said.is_valid(raise_exception=True)
        figures = said.figures()
        check_department(request, figures.department_id)
        acted(change_shift, request, own=False, shift_id=shift.pk, figures=figures)
        return Response(ShiftSerializer(shift_seen(request, shift_id)).data)


class BulkView(APIView):
    """Many shifts at once."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="change_many_shifts", summary="Open, cancel or pay a bonus for many shifts at once", tags=TAGS,
        description="Late, cancelling owes the people who hold places the share that the market policy states.",
        request=BulkSerializer, parameters=[IDEMPOTENCY], responses={200: DoneSerializer, **WRITES},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """Do it to all of them or to none."""
        said = BulkSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        figures = dict(said.validated_data)
        do, shift_ids = figures["do"], set(figures["shifts"])
        if shifts_of(department_ids=departments_seen(request)).filter(pk__in=shift_ids).count() != len(shift_ids):
            raise Http404
        price = {"price": price_of(shift_ids=shift_ids, now=timezone.now())} if do == "cancel" else {}
        if figures["dry_run"]:
            return Response(DoneSerializer({"shifts": 0} | price).data)
        more: dict[str, Any] = {}
        if do == "bonus":
            more["bonus_per_hour"] = figures.get("bonus_per_hour", 0)
        if do == "open":
            more = {name: figures[name] for name in ("opening", "draw_until")}
        acts: dict[str, Callable[..., int]] = {"open": open_shifts, "cancel": cancel_shifts, "bonus": set_bonus}
        done = acted(acts[do], request, own=False, shift_ids=shift_ids, **more)
        return Response(DoneSerializer({"shifts": done} | price).data)


class PullView(APIView):
    """One person's place."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="pull_booking", summary="Take one person's place back", tags=TAGS, request=PullSerializer,
        parameters=[IDEMPOTENCY], responses={200: PulledSerializer, **WRITES},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Take it back."""
        said = PullSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        booking = Booking.objects.filter(pk=booking_id).first()
        if booking is None:
            raise Http404
        shift = shift_seen(request, booking.shift_id)
        words = said.validated_data["words"]
        acted(pull_booking, request, own=False, booking_id=booking_id, words=words)
        owed = Compensation.objects.filter(booking=booking_id).values_list("amount", flat=True).first()
        return Response({"id": booking_id, "status": "pulled", "owed": owed, "currency": shift.currency})


class AtRiskView(APIView):
    """Shifts that may lack people."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="list_shifts_at_risk", summary="Open shifts that may lack people, the soonest first", tags=TAGS,
        responses={200: AtRiskSerializer(many=True), **problems(401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Those of the caller's departments."""
        found = shifts_at_risk(department_ids=departments_seen(request), now=timezone.now())
        return Response(AtRiskSerializer(found, many=True).data)


class PromisesView(APIView):
    """The organisation's side of reliability."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="read_promises", summary="How reliable a department was to the people who booked its shifts",
        tags=TAGS, parameters=[OpenApiParameter("department", str, required=True, description="Its name.")],
        responses={200: PromisesSerializer, **problems(401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The last 90 days."""
        department = Department.objects.filter(name=request.query_params.get("department", "")).first()
        if department is None:
            raise Http404
        check_department(request, department.pk)
        return Response(PromisesSerializer(kept_promises(department_id=department.pk, now=timezone.now())).data)


def check_department(request: Request, department_id: int) -> None:
    """Others' departments are not there. Raises `Http404`."""
    seen: Sequence[int] | None = departments_seen(request)
    if seen is not None and department_id not in seen:
        raise Http404


def shift_seen(request: Request, shift_id: int) -> Shift:
    """The shift, if the caller plans it. Raises `Http404`."""
    found = shifts_of(department_ids=departments_seen(request)).filter(pk=shift_id).first()
    if found is None:
        raise Http404
    return found
