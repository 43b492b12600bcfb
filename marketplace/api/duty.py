"""An agent's day by API: where to be and why, breaks, the end of duty, answers to moves; as on *Today*."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.actions.answer import acknowledge, object_to
from marketplace.actions.presence import pause, ready, sign_off, sign_on
from marketplace.api.acting import MAY, tap
from marketplace.api.booking_schemas import BreakSerializer
from marketplace.api.schemas import problems
from marketplace.matching.state import Presence
from marketplace.queries.today import Stage, Today, holdings, today

TAGS = ["An agent's day"]
TAG = TAGS[0]


class WhySerializer(serializers.Serializer):
    """Why the agent pauses. `break`, `lunch` and nothing are breaks; anything else is work of another kind."""

    reason = serializers.CharField(max_length=40, required=False, allow_blank=True, default="break")


class ObjectionSerializer(serializers.Serializer):
    """What speaks against a move."""

    text = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class DayMoveSerializer(serializers.Serializer):
    """The move that led here."""

    id = serializers.IntegerField(source="line.move.pk")
    at = serializers.DateTimeField(source="line.move.decided_at", allow_null=True)
    needs_answer = serializers.BooleanField(help_text="Neither acknowledged nor objected to.")


class DaySerializer(serializers.Serializer):
    """An agent's day as of now."""

    stage = serializers.ChoiceField(choices=[one.value for one in Stage])
    presence = serializers.ChoiceField(choices=[one.name.lower() for one in Presence])
    queue = serializers.CharField(source="queue.code", default=None, allow_null=True, help_text="Where to be.")
    until = serializers.DateTimeField(allow_null=True, help_text="The end of duty.")
    on_break = serializers.BooleanField(help_text="On a pause, or one was asked for.")
    break_reason = serializers.CharField(allow_blank=True)
    breaks = BreakSerializer(many=True)
    move = serializers.SerializerMethodField()
    next_booking = serializers.IntegerField(
        source="booking.booking.pk", default=None, allow_null=True, help_text="The next one to check in to."
    )

    @extend_schema_field(DayMoveSerializer(allow_null=True))
    def get_move(self, day: Today) -> dict[str, Any] | None:
        """Why the agent is there, where a move is the reason."""
        return DayMoveSerializer(day.reason).data if day.reason else None


class HoldingSerializer(serializers.Serializer):
    """A skill, or (`level` null) a certification."""

    name = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    counts = serializers.BooleanField(help_text="Verified, begun, not over and not revoked.")


class DayView(APIView):
    """The day."""

    permission_classes = MAY

    @extend_schema(
        operation_id="read_day", summary="Where to be now, until when, and your breaks, planned and taken", tags=TAGS,
        responses={200: DaySerializer, **problems(401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """As of now."""
        return Response(DaySerializer(today(agent=request.user.agent, now=timezone.now())).data)


class HoldingsView(APIView):
    """What an agent holds."""

    permission_classes = MAY

    @extend_schema(
        operation_id="list_holdings", summary="Your skills and certifications", tags=TAGS,
        responses={200: HoldingSerializer(many=True), **problems(401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Verified or not."""
        return Response(HoldingSerializer(holdings(agent=request.user.agent, now=timezone.now()), many=True).data)


ReadyView = tap("be_ready", "Be given contacts again: a break is over", ready, answer=None, tags=TAG)
PauseView = tap("take_break", "Pause after the contact in hand", pause, sent=WhySerializer, answer=None, tags=TAG)
SignOffView = tap("sign_off", "End duty now, after the contact in hand", sign_off, answer=None, tags=TAG)
SignOnView = tap("sign_on", "Go on with a duty that was signed off and is not over", sign_on, answer=None, tags=TAG)
AcknowledgeView = tap("acknowledge_move", "Say that a move was read", acknowledge, answer=None, tags=TAG)
ObjectView = tap(
    "object_to_move", "Object to a move; a dispatcher hears it", object_to, sent=ObjectionSerializer, answer=None,
    tags=TAG,
)  # fmt: skip
