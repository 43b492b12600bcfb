"""What the API says of agents' availability, calendars and requests, and what it wants to hear."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gigcx.accounts.models import Site
from marketplace.calendars.read import LARGEST
from marketplace.claiming.weekly import Weekly
from marketplace.models import Availability, BusyCalendar, Preference, Queue, TimeOff, WeeklyAvailability
from marketplace.queries.calendar import ItemKind
from marketplace.vocabulary import AvailabilityKind
from skills.models import Skill, SkillRequest


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "example": "09:30"})
class ClockField(serializers.TimeField):
    """A time of the wall clock."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="%H:%M", **more)


class WeeklySerializer(serializers.ModelSerializer):
    """Offered every week by the agent's own clock; an end that is not after the start is the next day's."""

    weekday = serializers.IntegerField(min_value=0, max_value=6, help_text="0 is Monday.")
    start = ClockField()
    end = ClockField()
    since = serializers.DateField(required=False, allow_null=True, default=None, help_text="The first day.")
    until = serializers.DateField(required=False, allow_null=True, default=None, help_text="The day after the last.")

    class Meta:
        model = WeeklyAvailability
        fields = ["weekday", "start", "end", "since", "until"]

    def weekly(self) -> Weekly:
        """As the rules know it."""
        return Weekly(**self.validated_data)


class SetWeeklySerializer(serializers.Serializer):
    """Hours to offer every week, or to take out of what is offered."""

    do = serializers.ChoiceField(choices=["offer", "withdraw"])
    weekly = WeeklySerializer(many=True, allow_empty=False)


class PeriodSerializer(serializers.Serializer):
    """`[starts_at, ends_at)`."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class AvailabilitySerializer(serializers.ModelSerializer):
    """A single period that is offered or kept free."""

    starts_at = serializers.DateTimeField(source="period.lower")
    ends_at = serializers.DateTimeField(source="period.upper")

    class Meta:
        model = Availability
        fields = ["id", "starts_at", "ends_at", "kind", "source", "note"]


class SetPeriodSerializer(PeriodSerializer):
    """A period to offer, to keep free, or (`kind` null) to say nothing of any more."""

    kind = serializers.ChoiceField(choices=AvailabilityKind.choices, allow_null=True)
    note = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class PreferenceSerializer(serializers.ModelSerializer):
    """What the agent would rather do; hours are those of a week."""

    work_place = serializers.CharField(
        required=False, allow_blank=True, max_length=4, help_text="site, home, or empty for either."
    )
    queues = serializers.SlugRelatedField(many=True, slug_field="code", queryset=Queue.objects.all())
    sites = serializers.SlugRelatedField(many=True, slug_field="name", queryset=Site.objects.all())

    class Meta:
        model = Preference
        fields = ["work_place", "hours_wanted", "least_hours", "most_hours", "queues", "sites"]


class ItemSerializer(serializers.Serializer):
    """One thing in the calendar."""

    kind = serializers.CharField(help_text=f"One of {', '.join(ItemKind)}.")
    starts_at = serializers.DateTimeField(source="start")
    ends_at = serializers.DateTimeField(source="end")
    title = serializers.CharField()
    site = serializers.CharField(source="place")
    status = serializers.CharField(help_text="Of a booking.")
    booking = serializers.IntegerField(source="booking_id", allow_null=True)


class CalendarFeedSerializer(serializers.Serializer):
    """The secret address of the calendar feed, told this once."""

    url = serializers.URLField()


class TimeOffSerializer(serializers.ModelSerializer):
    """A request for time off."""

    starts_at = serializers.DateTimeField(source="period.lower")
    ends_at = serializers.DateTimeField(source="period.upper")
    agent = serializers.CharField(source="agent.code", read_only=True)

    class Meta:
        model = TimeOff
        fields = ["id", "agent", "starts_at", "ends_at", "reason", "status", "note", "asked_at", "answered_at"]
        read_only_fields = ["status", "note", "asked_at", "answered_at"]


class StaffedDaySerializer(serializers.Serializer):
    """A day of a request for time off, at the half hour in which most people are missing without this one."""

    day = serializers.DateField()
    at = serializers.DateTimeField()
    need = serializers.IntegerField()
    there = serializers.FloatField(help_text="With the person, people on average.")
    without = serializers.FloatField()
    missing = serializers.FloatField(help_text="People that the queues miss then at least.")
    works = serializers.BooleanField(help_text="The person is planned to work on that day.")


class CalendarFileSerializer(serializers.Serializer):
    """A calendar as a file; another one under the same name replaces it."""

    name = serializers.CharField(max_length=60)
    ics = serializers.CharField(max_length=LARGEST, trim_whitespace=False, help_text="The text of an .ics file.")


class AnswerSerializer(serializers.Serializer):
    """Yes or no to time off."""

    grant = serializers.BooleanField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class SkillRequestSerializer(serializers.ModelSerializer):
    """A skill declared."""

    skill = serializers.SlugRelatedField(slug_field="name", queryset=Skill.objects.all())
    agent = serializers.CharField(source="agent.code", read_only=True)

    class Meta:
        model = SkillRequest
        fields = ["id", "agent", "skill", "level", "evidence", "status", "note", "asked_at", "answered_at"]
        read_only_fields = ["status", "note", "asked_at", "answered_at"]


class VerifySerializer(serializers.Serializer):
    """Verified at this level, or refused (`level` null) with a note."""

    level = serializers.IntegerField(min_value=1, max_value=5, allow_null=True)
    valid_until = serializers.DateTimeField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class BusyCalendarSerializer(serializers.ModelSerializer):
    """A calendar brought along; its address is never told again."""

    url = serializers.CharField(write_only=True, max_length=1000, help_text="https or webcal.")

    class Meta:
        model = BusyCalendar
        fields = ["id", "name", "url", "read_at", "due_at", "trouble"]
        read_only_fields = ["read_at", "due_at", "trouble"]
