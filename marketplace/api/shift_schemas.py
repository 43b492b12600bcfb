"""What the API says of shifts, and what it wants to hear."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.models import Shift
from marketplace.vocabulary import ProposalState, WorkPlace


class AskSerializer(serializers.Serializer):
    """What to cover."""

    department = serializers.CharField(help_text="The department's name.")
    queues = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Codes; every queue in use where it is not given."
    )
    since = serializers.DateTimeField(help_text="With offset.")
    until = serializers.DateTimeField(help_text="At most 14 days later.")
    standby = serializers.BooleanField(
        default=False, help_text="With shifts that serve several of the queues; 2 to 8 queues."
    )


class PauseSerializer(serializers.Serializer):
    """A break."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    paid = serializers.BooleanField()


class ProposedSerializer(serializers.Serializer):
    """One proposed shift."""

    pattern = serializers.CharField()
    queue = serializers.CharField(allow_null=True, help_text="The queue's code; null: standby.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    breaks = PauseSerializer(many=True)
    places = serializers.IntegerField()
    work_place = serializers.ChoiceField(choices=WorkPlace.choices)
    pay = serializers.IntegerField(help_text="Of one place for the whole shift, in minor units.")


class ProposalSerializer(serializers.Serializer):
    """A proposal. `objective` is the pay and the price of what is missing and idle; nothing costs less than `bound`."""

    id = serializers.IntegerField(source="proposal.pk")
    department = serializers.CharField()
    queues = serializers.ListField(child=serializers.CharField())
    since = serializers.DateTimeField(source="proposal.since")
    until = serializers.DateTimeField(source="proposal.until")
    status = serializers.ChoiceField(source="proposal.status", choices=ProposalState.choices)
    done = serializers.IntegerField(source="proposal.done", help_text="Parts of the search that are solved.")
    parts = serializers.IntegerField(source="proposal.parts")
    currency = serializers.CharField(source="proposal.currency")
    objective = serializers.IntegerField(source="proposal.objective", allow_null=True, help_text="In minor units.")
    bound = serializers.IntegerField(source="proposal.bound", allow_null=True)
    shifts = serializers.SerializerMethodField()

    @extend_schema_field(ProposedSerializer(many=True))
    def get_shifts(self, whole: dict[str, Any]) -> list[dict[str, Any]]:
        """In instants and codes."""
        return [
            {
                "pattern": shift["pattern"],
                "queue": shift["queue"],
                "starts_at": _instant(shift["start"]),
                "ends_at": _instant(shift["end"]),
                "breaks": pauses(shift["breaks"]),
                "places": shift["people"],
                "work_place": "home" if shift["at_home"] else "site",
                "pay": shift["pay"],
            }
            for shift in whole["shifts"]
        ]


class KeptSerializer(serializers.Serializer):
    """How many shifts are drafts now."""

    shifts = serializers.IntegerField()


class ShiftSerializer(serializers.ModelSerializer):
    """A shift."""

    queue = serializers.CharField(source="queue.code", default=None, allow_null=True, help_text="null: standby.")
    department = serializers.SerializerMethodField()
    site = serializers.CharField(source="site.name", default=None, allow_null=True)
    breaks = serializers.SerializerMethodField()

    class Meta:
        model = Shift
        fields = [
            "id",
            "queue",
            "department",
            "starts_at",
            "ends_at",
            "places",
            "taken",
            "work_place",
            "site",
            "breaks",
            "pay_per_hour",
            "bonus_per_hour",
            "pay",
            "currency",
            "status",
            "pattern",
        ]

    def get_department(self, shift: Shift) -> str | None:
        """Of a standby shift."""
        return shift.department.name if shift.department else None

    @extend_schema_field(PauseSerializer(many=True))
    def get_breaks(self, shift: Shift) -> list[dict[str, Any]]:
        """In instants."""
        return pauses(shift.breaks)


def pauses(breaks: list[list[Any]]) -> list[dict[str, Any]]:
    """Breaks as the API says them."""
    return [{"starts_at": _instant(start), "ends_at": _instant(end), "paid": paid} for start, end, paid in breaks]


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
