"""People in shifts by API, for those who plan: who holds places, appeals to decide, what is owed."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.permissions import by, is_dispatcher
from marketplace.actions.appeal import decide_appeal
from marketplace.api.acting import Answer, Newest, tap
from marketplace.api.booking_schemas import (
    AppealedSerializer,
    CompensationSerializer,
    DecideSerializer,
    HolderSerializer,
)
from marketplace.api.bookings import with_breaks
from marketplace.api.own_schemas import StaffedDaySerializer
from marketplace.api.plan import shift_seen
from marketplace.api.schemas import problems
from marketplace.api.shifts import MAY, TAGS, flag_of
from marketplace.models import Appeal, Compensation
from marketplace.queries.board import department_ids_of
from marketplace.queries.planner import bookings_in
from marketplace.queries.reliability import appeals_before
from marketplace.queries.time_off import staffing_without, time_off_of
from marketplace.rules import may_see_board, may_work


def _seen(request: Request) -> QuerySet[Appeal]:
    return appeals_before(department_ids=department_ids_of(user=request.user)).all


def _check_seen(request: Request, *, appeal_id: int) -> None:
    """Others' appeals are not there."""
    if not _seen(request).filter(pk=appeal_id).exists():
        raise Http404


DecideAppealView = tap(
    "decide_appeal", "Uphold an appeal, which takes the mark away, or turn it down", decide_appeal, own=False,
    may=[by(may_see_board)], before=_check_seen, sent=DecideSerializer, tags=TAGS[0],
    answer=Answer(AppealedSerializer, lambda appeal, **_: appeal),
)  # fmt: skip


class HoldersView(APIView):
    """The people of one shift."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="list_bookings_of_shift",
        summary="Everybody who has, or had, to do with a shift, with breaks planned and taken; who holds a place first",
        tags=TAGS, responses={200: HolderSerializer(many=True), **problems(401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, shift_id: int) -> Response:
        """Of a shift that the caller plans."""
        found = with_breaks(bookings_in(shift_id=shift_seen(request, shift_id).pk))
        return Response(HolderSerializer(found, many=True).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_appeals", summary="Appeals against marks, the newest first", tags=TAGS,
        parameters=[OpenApiParameter("waiting", bool, description="Only those that wait for an answer.")],
        responses={200: AppealedSerializer(many=True), **problems(401, 403, 404)},
    )
)  # fmt: skip
class AppealsView(ListAPIView):
    """Appeals."""

    permission_classes = [by(may_see_board)]
    serializer_class = AppealedSerializer
    pagination_class = Newest
    queryset = Appeal.objects.none()

    def get_queryset(self) -> QuerySet[Appeal]:
        """About shifts of the caller's departments."""
        found = _seen(self.request)
        return found.filter(upheld=None) if flag_of(self.request, "waiting") else found


@extend_schema_view(
    get=extend_schema(
        operation_id="list_compensations", tags=TAGS,
        summary="What is owed for places taken back late: by your departments, or to you; the newest first",
        responses={200: CompensationSerializer(many=True), **problems(401, 403, 404)},
    )
)  # fmt: skip
class CompensationsView(ListAPIView):
    """Compensation."""

    permission_classes = [by(may_work) | by(may_see_board)]
    serializer_class = CompensationSerializer
    pagination_class = Newest
    queryset = Compensation.objects.none()

    def get_queryset(self) -> QuerySet[Compensation]:
        """What the caller's departments owe; to an agent, what he or she is owed."""
        found, user = Compensation.objects.select_related("booking__agent", "department"), self.request.user
        if not is_dispatcher(user):
            return found.filter(booking__agent=user.agent)  # type: ignore[union-attr]  # who is no dispatcher is an agent here
        seen = department_ids_of(user=user)  # type: ignore[arg-type]  # signed in
        return found if seen is None else found.filter(department_id__in=seen)


class StaffingView(APIView):
    """What time off would do to the staffing."""

    permission_classes = [by(may_see_board)]

    @extend_schema(
        operation_id="read_time_off_staffing",
        summary="For each day of a request for time off, the half hour in which most people are missing",
        tags=["Requests"], responses={200: StaffedDaySerializer(many=True), **problems(401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, time_off_id: int) -> Response:
        """Empty without a forecast, or when the time is over."""
        row = time_off_of(department_ids=department_ids_of(user=request.user)).filter(pk=time_off_id).first()
        if row is None:
            raise Http404
        found = staffing_without(time_off=row, now=timezone.now())
        return Response(StaffedDaySerializer(found, many=True).data)
