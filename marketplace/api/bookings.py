"""An agent's own bookings by API: claim, undo, give back, keep, confirm, be ill, check in, appeal; as on the pages."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.problems import Problem
from marketplace.actions.appeal import appeal
from marketplace.actions.ask import withdraw_request
from marketplace.actions.attend import confirm, report_ill
from marketplace.actions.check_in import check_in
from marketplace.actions.claim import claim
from marketplace.actions.release import keep_place, release, undo_claim
from marketplace.api.acting import MAY, OWN, Answer, Newest, tap
from marketplace.api.booking_schemas import (
    AppealSerializer,
    BookingSerializer,
    ColleagueSerializer,
    RecordSerializer,
)
from marketplace.api.schemas import problems
from marketplace.models import Booking
from marketplace.queries.breaks import breaks_of_bookings
from marketplace.queries.reliability import record_of
from marketplace.queries.swaps import colleagues_for
from marketplace.queries.told import told_booking
from marketplace.vocabulary import BookingState

LONGEST_NAME = 60


def rows_of(found: QuerySet[Booking]) -> QuerySet[Booking]:
    """Bookings with all that the API says of them."""
    return found.select_related("shift__queue", "compensation", "agent")


def with_breaks(bookings: list[Booking]) -> list[Booking]:
    """The same bookings, each with its breaks, planned and taken."""
    breaks = breaks_of_bookings(bookings, now=timezone.now())
    for booking in bookings:
        booking.breaks = breaks[booking.pk]  # type: ignore[attr-defined]  # carried to the serializer
    return bookings


def booking_now(booking_id: int) -> Booking:
    """A booking as it now is, for an answer."""
    return with_breaks([told_booking(booking_id)])[0]


def _now(_done: Any, *, booking_id: int) -> Booking:
    return booking_now(booking_id)


BOOKING = Answer(BookingSerializer, _now)
CLAIMED = Answer(BookingSerializer, lambda claimed, **_: booking_now(claimed.booking_id))
"""Where the action gives the place that was taken."""

ClaimView = tap("claim_shift", "Take a place in a shift; again, the same place", claim, answer=CLAIMED)
UndoView = tap("undo_claim", "Take a fresh claim back, without a mark", undo_claim, answer=BOOKING)
ReleaseView = tap(
    "release_booking", "Give a place back; close to the start, ask to be replaced", release, answer=BOOKING
)
KeepPlaceView = tap("keep_booking", "Come after all: nobody is looked for any more", keep_place, answer=BOOKING)
CheckInView = tap("check_in", "Check in: the booking becomes duty", check_in, answer=BOOKING)
ConfirmView = tap("confirm_booking", "Say shortly before the start that you will come", confirm, answer=BOOKING)
IllView = tap(
    "report_ill", "Report ill for a shift: excused, and the place is offered to others at once", report_ill,
    answer=BOOKING,
)  # fmt: skip
AppealView = tap(
    "appeal_mark", "Say why the mark on a booking is not deserved", appeal, sent=AppealSerializer, answer=BOOKING
)
WithdrawView = tap("withdraw_request", "Ask no more for a place in a draw", withdraw_request, answer=BOOKING)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_bookings",
        summary="Your bookings, the newest first",
        tags=[OWN],
        parameters=[OpenApiParameter("status", str, enum=BookingState.values, description="Only these.")],
        responses={200: BookingSerializer(many=True), **problems(400, 401, 403, 404)},
    )
)
class BookingsView(ListAPIView):
    """Bookings."""

    permission_classes = MAY
    serializer_class = BookingSerializer
    pagination_class = Newest
    queryset = Booking.objects.none()

    def get_queryset(self) -> QuerySet[Booking]:
        """The caller's own."""
        found = rows_of(Booking.objects.filter(agent=self.request.user.agent))
        status = self.request.query_params.get("status")
        if status and status not in BookingState.values:
            raise Problem(status=400, code="bad_status", detail=f"`status` is one of {', '.join(BookingState.values)}.")
        return found.filter(status=status) if status else found

    def paginate_queryset(self, queryset: QuerySet[Booking]) -> list[Booking] | None:
        """A page of them with their breaks."""
        page = super().paginate_queryset(queryset)
        return None if page is None else with_breaks(list(page))


class ColleaguesView(APIView):
    """Who might take a booking over."""

    permission_classes = MAY

    @extend_schema(
        operation_id="list_colleagues",
        summary="Colleagues who might take a booking over, those who can first, and what they could give for it",
        tags=[OWN],
        parameters=[
            OpenApiParameter("name", str, description="Whose name contains this; else those of your department.")
        ],
        responses={200: ColleagueSerializer(many=True), **problems(401, 403, 404)},
    )
    def get(self, request: Request, booking_id: int) -> Response:
        """For a place that the caller holds."""
        held = Booking.objects.filter(pk=booking_id, agent=request.user.agent, status=BookingState.HELD)
        booking = held.select_related("agent").first()
        if booking is None:
            raise Http404
        text = request.query_params.get("name", "").replace("\x00", "").strip()[:LONGEST_NAME]
        found = colleagues_for(booking=booking, text=text, now=timezone.now())
        return Response(ColleagueSerializer(found, many=True).data)


class ReliabilityView(APIView):
    """The record."""

    permission_classes = MAY

    @extend_schema(
        operation_id="read_reliability",
        summary="Your reliability, and every shift that it is made of",
        tags=[OWN],
        responses={200: RecordSerializer, **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        """Your own."""
        return Response(RecordSerializer(record_of(agent_id=request.user.agent.pk, now=timezone.now())).data)
