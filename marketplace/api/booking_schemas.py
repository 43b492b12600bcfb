"""What the API says of open shifts and of an agent's bookings."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.models import Booking
from marketplace.queries.reasons import say


class ReasonSerializer(serializers.Serializer):
    """A reason against a claim."""

    code = serializers.CharField()
    detail = serializers.CharField(source="sentence")
    way_out = serializers.CharField(help_text="What the agent can do about it; may be empty.")


class OpenShiftSerializer(serializers.Serializer):
    """An open shift as the agent sees it. Money in minor units."""

    id = serializers.IntegerField(source="shift.pk")
    queue = serializers.CharField(source="shift.queue_code", allow_null=True, help_text="The code; null: standby.")
    department = serializers.CharField(source="shift.department", allow_null=True, help_text="Of a standby shift.")
    starts_at = serializers.DateTimeField(source="shift.starts_at")
    ends_at = serializers.DateTimeField(source="shift.ends_at")
    work_place = serializers.CharField(source="shift.work_place", help_text="`site` or `home`.")
    site = serializers.CharField(source="shift.site", allow_null=True)
    pay = serializers.IntegerField(source="facts.shift.pay", help_text="For the whole shift, bonus included.")
    bonus = serializers.IntegerField(help_text="The part of the pay that is bonus.")
    currency = serializers.CharField(source="shift.currency")
    notes = serializers.CharField(source="shift.notes")
    suits = serializers.BooleanField(help_text="You have offered to work through all of it.")
    places_left = serializers.IntegerField()
    mine = serializers.BooleanField(help_text="You hold a place in it.")
    claimable = serializers.BooleanField()
    reasons = serializers.SerializerMethodField(help_text="Everything that stands against claiming it.")

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, one: Any) -> list[dict[str, Any]]:
        """All of them."""
        return [ReasonSerializer(say(reason)).data for reason in one.reasons]


class OpenShiftsSerializer(serializers.Serializer):
    """A page of open shifts."""

    next = serializers.CharField(allow_null=True, help_text="The `cursor` of the next page; null: there is none.")
    results = OpenShiftSerializer(many=True)


class BookingSerializer(serializers.ModelSerializer):
    """A booking."""

    shift = serializers.IntegerField(source="shift_id")
    queue = serializers.CharField(source="shift.queue.code", default=None, allow_null=True, help_text="null: standby.")
    starts_at = serializers.SerializerMethodField()
    ends_at = serializers.SerializerMethodField()
    currency = serializers.CharField(source="shift.currency")

    class Meta:
        model = Booking
        fields = [
            "id", "shift", "queue", "starts_at", "ends_at", "status", "source", "pay", "currency", "held_at",
            "undo_until", "releasing_at", "checked_in_at", "ended_at", "worked_seconds",
        ]  # fmt: skip

    def get_starts_at(self, booking: Booking) -> datetime:
        """The start of the shift."""
        start: datetime = booking.period.lower
        return start

    def get_ends_at(self, booking: Booking) -> datetime:
        """The end of the shift."""
        end: datetime = booking.period.upper
        return end
