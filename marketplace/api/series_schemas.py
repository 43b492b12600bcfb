"""What the API takes and gives of templates and series of shifts."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gigcx.accounts.models import Department
from marketplace.api.own_schemas import ClockField
from marketplace.models import ShiftTemplate
from marketplace.models.days import IN_OUR_TIME
from marketplace.vocabulary import WorkPlace

LONGEST_SERIES = timedelta(days=92)


class TemplateSerializer(serializers.ModelSerializer):
    """A shift without a day, by the clock of its queue."""

    department = serializers.CharField(source="department.name")
    queue = serializers.CharField(source="queue.code", default=None, allow_null=True, help_text="null: standby.")
    site = serializers.CharField(source="site.name", default=None, allow_null=True)
    starts = ClockField()
    ends = ClockField(help_text="Not after the start: on the next day.")

    class Meta:
        model = ShiftTemplate
        fields = [
            "id", "department", "name", "queue", "starts", "ends", "places", "work_place", "site", "pay_per_hour",
            "bonus_per_hour", "notes",
        ]  # fmt: skip


class KeepTemplateSerializer(serializers.Serializer):
    """Which shift to keep under which name; the same name again in its department is the same template."""

    shift = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=60)


class SeriesSerializer(serializers.Serializer):
    """Shifts that come again: those of a template, or those of one day."""

    department = serializers.SlugRelatedField("name", queryset=Department.objects.all())
    template = serializers.PrimaryKeyRelatedField(
        queryset=ShiftTemplate.objects.all(), required=False, allow_null=True, default=None,
        pk_field=serializers.IntegerField(),
    )  # fmt: skip
    day = serializers.DateField(
        required=False, allow_null=True, default=None, validators=IN_OUR_TIME,
        help_text="Without a template: copy the shifts of this day.",
    )  # fmt: skip
    since = serializers.DateField(validators=IN_OUR_TIME, help_text="The first day, by the clock of each queue.")
    until = serializers.DateField(validators=IN_OUR_TIME, help_text="The last day, included; at most 92 days later.")
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), min_length=1, max_length=7, help_text="0 is Monday."
    )
    do = serializers.ChoiceField(
        choices=["preview", "draft", "open"], default="preview", help_text="`preview` makes nothing."
    )

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Something to repeat, for at most a quarter of a year."""
        if not timedelta(0) <= said["until"] - said["since"] <= LONGEST_SERIES:
            raise serializers.ValidationError({"until": [_("Choose an end at most three months after the start.")]})
        if said["template"] is None and said["day"] is None:
            raise serializers.ValidationError({"template": [_("Choose a template, or a day to copy.")]})
        if said["template"] is not None and said["template"].department_id != said["department"].pk:
            raise serializers.ValidationError({"template": [_("This template is another department's.")]})
        return said


class WantedShiftSerializer(serializers.Serializer):
    """A shift that would be made."""

    queue = serializers.CharField(allow_null=True, help_text="null: standby.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    places = serializers.IntegerField()
    work_place = serializers.ChoiceField(choices=WorkPlace.choices)
    pay_per_hour = serializers.IntegerField(help_text="In minor units.")
    bonus_per_hour = serializers.IntegerField(help_text="In minor units.")


class SeriesMadeSerializer(serializers.Serializer):
    """What would be made, or was: then with the ids."""

    made = serializers.BooleanField()
    shifts = serializers.ListField(child=serializers.IntegerField(), help_text="Ids; empty for a preview.")
    wanted = WantedShiftSerializer(many=True)
