"""What the API takes and gives, for the OpenAPI description. Telemetry is read by `rows`, one by one, for speed."""

from rest_framework import serializers

from gigcx.problems import CONTENT_TYPE
from marketplace.api.fields import LARGEST_COUNT, LONGEST_CODE, PRESENCES
from marketplace.models import Forecast, ForecastQuality, Queue, WeekForecast


class QueueReportSerializer(serializers.Serializer):
    """What a queue is like at `at`, and the totals so far of the interval that runs."""

    queue = serializers.CharField(max_length=LONGEST_CODE, help_text="The queue's code.")
    at = serializers.DateTimeField(
        help_text="When the switch saw this, with offset. An older report never replaces a newer one."
    )
    waiting = serializers.IntegerField(min_value=0, max_value=LARGEST_COUNT)
    longest_wait_seconds = serializers.FloatField(min_value=0, required=False, default=0.0)
    interval_start = serializers.DateTimeField()
    interval_seconds = serializers.IntegerField(min_value=1, max_value=86_400)
    offered = serializers.IntegerField(
        min_value=0, max_value=LARGEST_COUNT, help_text="Contacts that arrived in the interval, so far."
    )
    answered = serializers.IntegerField(min_value=0, max_value=LARGEST_COUNT)
    answered_in_target = serializers.IntegerField(
        min_value=0, max_value=LARGEST_COUNT, help_text="Not more than `answered`."
    )
    abandoned = serializers.IntegerField(min_value=0, max_value=LARGEST_COUNT)
    handle_seconds = serializers.FloatField(
        min_value=0, help_text="Contact and wrap-up seconds, summed over the contacts that ended in the interval."
    )


class AgentReportSerializer(serializers.Serializer):
    """What an agent is doing since `at`."""

    agent = serializers.CharField(max_length=LONGEST_CODE, help_text="The agent's code.")
    at = serializers.DateTimeField()
    presence = serializers.ChoiceField(choices=list(PRESENCES))
    reason = serializers.CharField(
        required=False, allow_blank=True, help_text="Why paused; the first 40 characters are kept."
    )
    queue = serializers.CharField(required=False, allow_null=True, help_text="Where the switch has the agent now.")


class TelemetrySerializer(serializers.Serializer):
    """One batch, at most 10 MiB of JSON. All rows are taken, or none."""

    batch_id = serializers.UUIDField(help_text="The same id again changes nothing and answers `duplicate: true`.")
    sent_at = serializers.DateTimeField()
    queues = QueueReportSerializer(many=True, required=False)
    agents = AgentReportSerializer(many=True, required=False)


class TakenSerializer(serializers.Serializer):
    """What was taken."""

    batch_id = serializers.UUIDField()
    queues = serializers.IntegerField()
    agents = serializers.IntegerField()
    duplicate = serializers.BooleanField()
    off_duty = serializers.ListField(
        child=serializers.CharField(), help_text="Agents who were named but are not on duty: nothing is kept of them."
    )


class WantedSerializer(serializers.Serializer):
    """What is wanted of one agent, until the next word about the same agent."""

    agent = serializers.CharField()
    queue = serializers.CharField(allow_null=True, help_text="null: serve no queue, be signed off.")
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="The end of duty.")
    move = serializers.IntegerField(allow_null=True, help_text="The move that brought it about.")
    ready = serializers.BooleanField(help_text="false: pause after the present contact.")
    reason = serializers.CharField(allow_blank=True)
    cursor = serializers.CharField()


class FeedSerializer(serializers.Serializer):
    """Changes in order. Obey them in order; the last word about an agent counts."""

    results = WantedSerializer(many=True)
    next = serializers.CharField(help_text="Send it as `after` to go on from here.")


class FaultSerializer(serializers.Serializer):
    """One thing that is wrong."""

    where = serializers.CharField(help_text="Such as `queues[3].waiting`, or the stable code of a reason.")
    detail = serializers.CharField()
    way_out = serializers.CharField(required=False, help_text="What can be done about it; may be empty.")


class ProblemSerializer(serializers.Serializer):
    """A refusal, as RFC 9457 lays it out."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable: rely on this one.")
    detail = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)


class QueueSerializer(serializers.ModelSerializer):
    """A queue, as files and switches name it."""

    queue = serializers.CharField(source="code")
    department = serializers.CharField(source="department.name")

    class Meta:
        model = Queue
        fields = [
            "queue",
            "name",
            "department",
            "channel",
            "target_share",
            "target_seconds",
            "priority",
            "occupancy_cap",
            "shrinkage",
            "least_agents",
        ]


class CountSerializer(serializers.Serializer):
    """What was offered in one interval."""

    queue = serializers.CharField(max_length=LONGEST_CODE, help_text="The queue's code.")
    interval_start = serializers.CharField(help_text="ISO 8601; without an offset it is read in `timezone`.")
    offered = serializers.IntegerField(min_value=0, max_value=LARGEST_COUNT)
    handle_seconds = serializers.FloatField(min_value=0, required=False, help_text="Sum over the interval.")


class CountsSerializer(serializers.Serializer):
    """Intervals of any queues, at most 10 MiB."""

    rows = CountSerializer(many=True)


class FindingSerializer(serializers.Serializer):
    """Something noteworthy that did not stop the rows from being taken."""

    where = serializers.CharField(help_text="The first row concerned, such as `rows[3].offered` or `line 5.offered`.")
    detail = serializers.CharField()
    finding = serializers.CharField(help_text="Its code: choose by it what is done.")
    done = serializers.ChoiceField(choices=["repair", "keep"])


class CountsTakenSerializer(serializers.Serializer):
    """What was done, or would be."""

    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    dry_run = serializers.BooleanField()
    findings = FindingSerializer(many=True)


class ForecastSerializer(serializers.ModelSerializer):
    """Contacts expected in one interval."""

    interval_start = serializers.DateTimeField(source="starts_at")
    interval_seconds = serializers.IntegerField(source="seconds")

    class Meta:
        model = Forecast
        fields = ["interval_start", "interval_seconds", "mean", "p10", "p50", "p90", "planned_mean"]


class WeekForecastSerializer(serializers.ModelSerializer):
    """Contacts expected in one week."""

    class Meta:
        model = WeekForecast
        fields = ["starts_on", "mean", "p10", "p50", "p90"]


class ForecastQualitySerializer(serializers.ModelSerializer):
    """How good a queue's forecast has been."""

    queue = serializers.CharField(source="code")

    class Meta:
        model = ForecastQuality
        fields = [
            "queue",
            "model",
            "wape",
            "naive_wape",
            "mase",
            "coverage80",
            "day_spread",
            "made_at",
            "problem",
            "failed_at",
        ]


def problems(*statuses: int) -> dict[tuple[int, str], type[serializers.Serializer]]:
    """The refusals of an operation, for its description."""
    return {(status, CONTENT_TYPE): ProblemSerializer for status in statuses}
