"""What the API says of offers, waiting lists, draws and swaps."""

from typing import Any

from django.http import Http404
from rest_framework import serializers

from gigcx.accounts.models import Agent
from marketplace.models import Draw, Offer, Swap, WaitingPlace


class OfferSerializer(serializers.ModelSerializer):
    """A place kept for an agent."""

    shift = serializers.IntegerField(source="shift_id")
    starts_at = serializers.DateTimeField(source="shift.starts_at")
    ends_at = serializers.DateTimeField(source="shift.ends_at")

    class Meta:
        model = Offer
        fields = ["id", "shift", "starts_at", "ends_at", "status", "made_at", "expires_at", "answered_at"]


class WaitingSerializer(serializers.ModelSerializer):
    """A place in the line for a full shift."""

    shift = serializers.IntegerField(source="shift_id")
    starts_at = serializers.DateTimeField(source="shift.starts_at")
    ends_at = serializers.DateTimeField(source="shift.ends_at")
    position = serializers.IntegerField(help_text="1: you are next.")

    class Meta:
        model = WaitingPlace
        fields = ["id", "shift", "starts_at", "ends_at", "position", "joined_at", "passed_at", "against"]


class TicketSerializer(serializers.Serializer):
    """One request in a draw; it names nobody."""

    ticket = serializers.IntegerField(help_text="The number of the request, which is the id of its booking.")
    booked_hours = serializers.FloatField()
    wanted_hours = serializers.FloatField()
    lost = serializers.IntegerField(help_text="Draws lost in a row.")
    against = serializers.ListField(child=serializers.CharField(), help_text="Why it could not win; empty: it could.")


class DrawRecordSerializer(serializers.Serializer):
    """All it takes to draw again: `python -m marketplace.claiming.draw` reads it."""

    shift = serializers.IntegerField()
    asked_until = serializers.DateTimeField()
    drawn_at = serializers.DateTimeField()
    seed_hash = serializers.CharField()
    seed = serializers.CharField()
    places = serializers.IntegerField()
    tickets = TicketSerializer(many=True)
    order = serializers.ListField(child=serializers.IntegerField())
    winners = serializers.ListField(child=serializers.IntegerField())


class DrawSerializer(serializers.ModelSerializer):
    """A draw; before it is drawn only the hash of its seed."""

    shift = serializers.IntegerField(source="shift_id")
    draw_until = serializers.DateTimeField(source="shift.draw_until")
    record = DrawRecordSerializer(help_text="null before the draw.", allow_null=True)

    class Meta:
        model = Draw
        fields = ["shift", "draw_until", "seed_hash", "drawn_at", "record"]

    def to_representation(self, draw: Draw) -> dict[str, object]:
        """The record as it was written, to the letter."""
        draw_until = draw.shift.draw_until
        return {
            "shift": draw.shift_id,
            "draw_until": draw_until.isoformat() if draw_until else None,
            "seed_hash": draw.seed_hash,
            "drawn_at": draw.drawn_at.isoformat() if draw.drawn_at else None,
            "record": draw.record or None,
        }


class SwapAskSerializer(serializers.Serializer):
    """Whom to ask, and what for."""

    colleague = serializers.CharField(
        required=False, allow_null=True, default=None, help_text="The colleague's code; null: everyone who can."
    )
    wants = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="A booking of the colleague's; null: nothing."
    )
    in_return = serializers.BooleanField(
        required=False, default=False,
        help_text="Without a colleague: open to those who offer a shift of theirs for it, by a swap that `wants` it.",
    )  # fmt: skip
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """As the action wants it: whoever names a colleague names the shift wanted, too.

        Raises `Http404` for an unknown colleague.
        """
        if said["in_return"] and (said["colleague"] or said["wants"]):
            raise serializers.ValidationError({"in_return": "Only for swaps that name neither colleague nor booking."})
        code = said.pop("colleague")
        colleague = None if code is None else Agent.objects.filter(code=code).first()
        if code is not None and colleague is None:
            raise Http404
        said["colleague_id"] = colleague.pk if colleague else None
        return said | {"wants_id": said.pop("wants")}


class SwapSerializer(serializers.ModelSerializer):
    """A swap."""

    giver = serializers.CharField(source="giver.code", help_text="The code of the agent who gives.")
    colleague = serializers.CharField(source="colleague.code", default=None, allow_null=True, help_text="null: open.")
    booking = serializers.IntegerField(source="booking_id")
    shift = serializers.IntegerField(source="booking.shift_id")
    wants = serializers.IntegerField(source="wants_id", allow_null=True)
    wants_shift = serializers.IntegerField(source="wants.shift_id", default=None, allow_null=True)

    class Meta:
        model = Swap
        fields = [
            "id", "giver", "colleague", "booking", "shift", "wants", "wants_shift", "in_return", "note", "status",
            "asked_at", "expires_at", "answered_at", "decided_at",
        ]  # fmt: skip
