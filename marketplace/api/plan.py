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
from gigcx.idempotency import caller_of, idempotent
from gigcx.problems import Problem
from marketplace.actions.change_shift import change_shift, set_bonus
from marketplace.actions.make_shift import make_shift
from marketplace.actions.open_shifts import cancel_shifts, open_shifts
from marketplace.actions.pull import pull_booking
from marketplace.actions.refused import Refused
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
from marketplace.api.shifts import CONFLICT, MAY, TAGS, ShiftsView, departments_seen
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.models import Booking, Compensation, Shift
from marketplace.queries.at_risk import shifts_at_risk
from marketplace.queries.organisation import kept_promises
from marketplace.queries.shifts import shifts_of

WRITES = problems(400, 401, 403, 404, 409)


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
        _check_department(request, figures.department_id)
        shift = _done(
            make_shift, figures=figures, open_now=said.validated_data["open"], actor=caller_of(request),
            now=timezone.now(),
        )  # fmt: skip
        return Response(ShiftSerializer(_shift(request, shift.pk)).data, status=201)


class ShiftView(APIView):
    """One shift."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="read_shift", summary="A shift", tags=TAGS,
        responses={200: ShiftSerializer, **problems(401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, shift_id: int) -> Response:
        """Read it."""
        return Response(ShiftSerializer(_shift(request, shift_id)).data)

    @extend_schema(
        operation_id="change_shift", summary="Change a shift; what people who hold places were promised stays",
        tags=TAGS, request=PlanSerializer(partial=True), parameters=[IDEMPOTENCY],
        responses={200: ShiftSerializer, **WRITES},
    )  # fmt: skip
    @idempotent
    def patch(self, request: Request, shift_id: int) -> Response:
        """Change what was sent."""
        shift = _shift(request, shift_id)
        said = PlanSerializer(data=said_of(shift) | dict(request.data))
        said.is_valid(raise_exception=True)
        figures = said.figures()
        _check_department(request, figures.department_id)
        _done(change_shift, shift_id=shift.pk, figures=figures, actor=caller_of(request), now=timezone.now())
        return Response(ShiftSerializer(_shift(request, shift_id)).data)


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
        do, shift_ids = said.validated_data["do"], set(said.validated_data["shifts"])
        if shifts_of(department_ids=departments_seen(request)).filter(pk__in=shift_ids).count() != len(shift_ids):
            raise Http404
        figures: dict[str, Any] = {"shift_ids": shift_ids, "actor": caller_of(request), "now": timezone.now()}
        if do == "bonus":
            figures["bonus_per_hour"] = said.validated_data.get("bonus_per_hour", 0)
        if do == "open":
            figures |= {name: said.validated_data[name] for name in ("opening", "draw_until")}
        acts: dict[str, Callable[..., int]] = {"open": open_shifts, "cancel": cancel_shifts, "bonus": set_bonus}
        return Response({"shifts": _done(acts[do], **figures)})


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
        shift = _shift(request, booking.shift_id)
        words = said.validated_data["words"]
        _done(pull_booking, booking_id=booking_id, words=words, actor=caller_of(request), now=timezone.now())
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
        _check_department(request, department.pk)
        return Response(PromisesSerializer(kept_promises(department_id=department.pk, now=timezone.now())).data)


def _check_department(request: Request, department_id: int) -> None:
    """Others' departments are not there."""
    seen: Sequence[int] | None = departments_seen(request)
    if seen is not None and department_id not in seen:
        raise Http404


def _shift(request: Request, shift_id: int) -> Shift:
    found = shifts_of(department_ids=departments_seen(request)).filter(pk=shift_id).first()
    if found is None:
        raise Http404
    return found


def _done(action: Callable[..., Any], **figures: Any) -> Any:
    """Do it; a refusal is a problem with every reason."""
    try:
        return action(**figures)
    except Refused as refused:
        reasons = zip(refused.reasons, refused.sentences, strict=True)
        raise Problem(
            status=CONFLICT,
            code=str(refused.reasons[0]),
            detail=" ".join(refused.sentences),
            errors=[{"where": str(reason), "detail": sentence} for reason, sentence in reasons],
        ) from None
