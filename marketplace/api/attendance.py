"""Coming and not coming by API: confirm, report ill, appeal a mark, read one's own record."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.idempotency import idempotent
from marketplace.actions.appeal import appeal
from marketplace.actions.attend import confirm, report_ill
from marketplace.api.booking_schemas import BookingSerializer
from marketplace.api.bookings import MAY, Tap, write
from marketplace.api.open_shifts import TAGS
from marketplace.api.schemas import problems
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.claiming.reliability import Outcome
from marketplace.queries.reliability import record_of


class PromiseSerializer(serializers.Serializer):
    """A shift that was worked or missed."""

    booking = serializers.IntegerField(source="promise.booking")
    at = serializers.DateTimeField(source="promise.at")
    outcome = serializers.ChoiceField(source="promise.outcome", choices=[one.value for one in Outcome])


class RecordSerializer(serializers.Serializer):
    """All that the figure is made of."""

    reliability = serializers.FloatField(source="share", help_text="0 to 1; 1 where nothing is known.")
    promises = PromiseSerializer(source="lines", many=True)


class AppealSerializer(serializers.Serializer):
    """Why a mark is not deserved."""

    text = serializers.CharField(max_length=600)


class ConfirmView(Tap):
    """Confirming."""

    @write("confirm_booking", "Say shortly before the start that you will come")
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Confirm it."""
        return self.tap(confirm, request, booking_id)


class IllView(Tap):
    """Being ill."""

    @write("report_ill", "Report ill for a shift: excused, and the place is offered to others at once")
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Be excused."""
        return self.tap(report_ill, request, booking_id)


class AppealView(Tap):
    """Appeals."""

    @extend_schema(
        operation_id="appeal_mark",
        summary="Say why the mark on a booking is not deserved",
        tags=TAGS,
        request=AppealSerializer,
        parameters=[IDEMPOTENCY],
        responses={200: BookingSerializer, **problems(400, 401, 403, 404, 409)},
    )
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Appeal."""
        said = AppealSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        return self.tap(appeal, request, booking_id, text=said.validated_data["text"])


class ReliabilityView(APIView):
    """The record."""

    permission_classes = MAY

    @extend_schema(
        operation_id="read_reliability",
        summary="Your reliability, and every shift that it is made of",
        tags=TAGS,
        responses={200: RecordSerializer, **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        """Your own."""
        return Response(RecordSerializer(record_of(agent_id=request.user.agent.pk, now=timezone.now())).data)
