"""What the API says of open shifts and of an agent's bookings."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.claiming.reliability import Outcome
from marketplace.models import Appeal, Booking, Compensation
from marketplace.queries.breaks import ShiftBreak
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
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    work_place = serializers.CharField(source="shift.work_place", help_text="`site` or `home`.")
    site = serializers.CharField(source="shift.site", allow_null=True)
    pay = serializers.IntegerField(source="facts.shift.pay", help_text="For the whole shift, bonus included.")
    bonus = serializers.IntegerField(help_text="The part of the pay that is bonus.")
    currency = serializers.CharField(source="shift.currency")
    notes = serializers.CharField(source="shift.notes")
    suits = serializers.BooleanField(help_text="You have offered to work through all of it.")
    likes_queue = serializers.BooleanField(help_text="You said that you like its queue best.")
    likes_place = serializers.BooleanField(help_text="You said that you like its site, or working from home, best.")
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


class TakenSpanSerializer(serializers.Serializer):
    """When a break was taken."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="null: it still lasts.")


class BreakSerializer(serializers.Serializer):
    """A break that the shift plans, that was taken, or both."""

    starts_at = serializers.DateTimeField(source="start", help_text="As planned, else as it was taken.")
    ends_at = serializers.DateTimeField(source="end", allow_null=True, help_text="As planned; null: nobody did.")
    paid = serializers.BooleanField()
    taken = serializers.SerializerMethodField()
    back_at = serializers.DateTimeField(allow_null=True, help_text="Of one under way: when it is over, as planned.")

    @extend_schema_field(TakenSpanSerializer(many=True))
    def get_taken(self, one: ShiftBreak) -> list[dict[str, Any]]:
        """Each stretch of it."""
        return TakenSpanSerializer([{"starts_at": a, "ends_at": b} for a, b in one.taken], many=True).data


class BookingSerializer(serializers.ModelSerializer):
    """A booking."""

    shift = serializers.IntegerField(source="shift_id")
    queue = serializers.CharField(source="shift.queue.code", default=None, allow_null=True, help_text="null: standby.")
    starts_at = serializers.SerializerMethodField()
    ends_at = serializers.SerializerMethodField()
    currency = serializers.CharField(source="shift.currency")
    breaks = BreakSerializer(many=True)
    owed = serializers.IntegerField(
        source="compensation.amount", default=None, allow_null=True,
        help_text="For a place that was taken back late, in minor units; null: nothing.",
    )  # fmt: skip

    class Meta:
        model = Booking
        fields = [
            "id", "shift", "queue", "starts_at", "ends_at", "status", "source", "pay", "currency", "held_at",
            "undo_until", "releasing_at", "confirmed_at", "checked_in_at", "ended_at", "worked_seconds", "breaks",
            "owed",
        ]  # fmt: skip

    def get_starts_at(self, booking: Booking) -> datetime:
        """The start of the shift."""
        start: datetime = booking.period.lower
        return start

    def get_ends_at(self, booking: Booking) -> datetime:
        """The end of the shift."""
        end: datetime = booking.period.upper
        return end


class HolderSerializer(BookingSerializer):
    """A booking as those who plan the shift see it."""

    agent = serializers.CharField(source="agent.code", help_text="The agent's code.")

    class Meta(BookingSerializer.Meta):
        fields = ["agent", *BookingSerializer.Meta.fields]


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


class AppealedSerializer(serializers.ModelSerializer):
    """An appeal as those see it who decide."""

    agent = serializers.CharField(source="booking.agent.code", help_text="The agent's code.")
    booking = serializers.IntegerField(source="booking_id")
    shift = serializers.IntegerField(source="booking.shift_id")

    class Meta:
        model = Appeal
        fields = ["id", "agent", "booking", "shift", "text", "made_at", "upheld", "answer", "decided_at"]


class DecideSerializer(serializers.Serializer):
    """Yes or no to an appeal."""

    upheld = serializers.BooleanField(help_text="true: the mark is taken away.")
    answer = serializers.CharField(max_length=600, required=False, allow_blank=True, default="")


class GiftSerializer(serializers.Serializer):
    """A booking of a colleague's, to swap for."""

    id = serializers.IntegerField()
    shift = serializers.IntegerField(source="shift_id")
    starts_at = serializers.DateTimeField(source="period.lower")
    ends_at = serializers.DateTimeField(source="period.upper")


class ColleagueSerializer(serializers.Serializer):
    """Somebody who might take a shift over."""

    agent = serializers.CharField(source="agent.code", help_text="The code, for `colleague` of a swap.")
    name = serializers.CharField(source="agent.name")
    able = serializers.BooleanField(help_text="The rules let this person take it. Why not is the person's business.")
    bookings = GiftSerializer(many=True)


class CompensationSerializer(serializers.ModelSerializer):
    """What is owed for a place that was taken back late."""

    agent = serializers.CharField(source="booking.agent.code", help_text="The agent's code.")
    booking = serializers.IntegerField(source="booking_id")
    shift = serializers.IntegerField(source="booking.shift_id")
    department = serializers.CharField(source="department.name", help_text="Who owes it.")

    class Meta:
        model = Compensation
        fields = ["id", "agent", "booking", "shift", "department", "amount", "currency", "why", "at"]
