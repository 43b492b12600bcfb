"""What the API takes and gives of known events and supplies."""

from math import isfinite
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gigcx.accounts.models import Department
from marketplace.api.fields import LONGEST_CODE
from marketplace.models import Event, Queue, Supply
from marketplace.models.days import INSTANTS_IN_OUR_TIME

MOST_QUEUES = 2000


class FiniteField(serializers.FloatField):
    """A number: JSON reads 1e999 as infinity, and the field itself takes "nan"."""

    def to_internal_value(self, data: Any) -> float:
        """Raises DRF's `ValidationError`."""
        value = super().to_internal_value(data)
        if not isfinite(value):
            self.fail("invalid")
        return value


class QueuesField(serializers.ListField):
    """Queues by their codes."""

    child = serializers.CharField(max_length=LONGEST_CODE)

    def to_internal_value(self, data: Any) -> list[Queue]:
        """The rows, in one statement. Raises DRF's `ValidationError` that names the codes there are not."""
        codes = set(super().to_internal_value(data))
        found = list(Queue.objects.filter(code__in=codes))
        if unknown := sorted(codes - {queue.code for queue in found}):
            raise serializers.ValidationError([_("No queue %(codes)s.") % {"codes": ", ".join(unknown)}])
        return found

    def to_representation(self, value: Any) -> list[str]:
        """The codes in order."""
        return sorted(queue.code for queue in value.all())


class EventSerializer(serializers.ModelSerializer):
    """A campaign, a bill run: a period in which something known changes what comes."""

    department = serializers.SlugRelatedField(
        "name", queryset=Department.objects.all(), required=False, allow_null=True,
        help_text="All of its queues. null: those of `queues`.",
    )  # fmt: skip
    queues = QueuesField(
        required=False, max_length=MOST_QUEUES, help_text="Codes. May be empty where there is a department."
    )
    starts_at = serializers.DateTimeField(validators=INSTANTS_IN_OUR_TIME)
    ends_at = serializers.DateTimeField(validators=INSTANTS_IN_OUR_TIME)
    factor = FiniteField(
        required=False, allow_null=True, min_value=0,
        help_text="1.3: 30 % more than without it. null: learnt from past events of the same name.",
    )  # fmt: skip

    class Meta:
        model = Event
        fields = ["id", "name", "starts_at", "ends_at", "department", "queues", "factor"]


class SupplySerializer(serializers.ModelSerializer):
    """A source of hours for a department. Money in minor units (cents), for each hour."""

    department = serializers.SlugRelatedField("name", queryset=Department.objects.all())
    show_share = FiniteField(
        required=False, min_value=0.01, max_value=1, help_text="Share of the planned hours that really come."
    )
    hours_a_week = FiniteField(required=False, allow_null=True, min_value=0, help_text="The most; null: no limit.")
    notice_hours = FiniteField(required=False, min_value=0, help_text="So long before the work they must be asked.")

    class Meta:
        model = Supply
        fields = [
            "id", "department", "name", "kind", "hourly_cost", "reservation_fee", "currency", "show_share",
            "hours_a_week", "notice_hours", "is_active",
        ]  # fmt: skip
        validators: list[Any] = []
        """That the name is the department's only one says the action, of what is so and not of what was sent."""
