"""What the API takes and gives, for the OpenAPI description. Telemetry is read by `rows`, one by one, for speed."""

from rest_framework import serializers

from gigcx.problems import CONTENT_TYPE
from marketplace.api.fields import LARGEST_COUNT, LONGEST_CODE, PRESENCES
from marketplace.models import Queue


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

    where = serializers.CharField(help_text="Such as `queues[3].waiting`.")
    detail = serializers.CharField()


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


def problems(*statuses: int) -> dict[tuple[int, str], type[serializers.Serializer]]:
    """The refusals of an operation, for its description."""
    return {(status, CONTENT_TYPE): ProblemSerializer for status in statuses}
