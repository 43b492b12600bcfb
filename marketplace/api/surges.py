"""`GET /api/v1/surges/`: where more comes than was expected, and what it takes, as board and timeline say it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.api.kept import READERS
from marketplace.api.schemas import problems
from marketplace.api.shifts import department_seen, departments_seen
from marketplace.models import Queue
from marketplace.queries.gap import Alarm
from marketplace.queries.surges import read_surges


class SurgeSerializer(serializers.Serializer):
    """A surge that is on at one queue."""

    queue = serializers.CharField(help_text="The code.")
    department = serializers.CharField()
    factor = serializers.FloatField(help_text="So many times as many contacts as were expected.")
    since = serializers.DateTimeField()
    sure = serializers.FloatField(help_text="Probability, 0 to 1. Below 0.5 it is easing, and ends a little later.")
    need = serializers.IntegerField(
        allow_null=True, help_text="People needed while it lasts, at the forecast × factor. null: no forecast."
    )
    there = serializers.IntegerField(help_text="People assigned to the queue now.")
    missing = serializers.IntegerField(allow_null=True, help_text="People that it takes more than there are.")
    as_of = serializers.DateTimeField(help_text="When the queue's switch was last heard.")


class SurgesView(APIView):
    """Surges."""

    permission_classes = READERS

    @extend_schema(
        operation_id="list_surges", summary="The surges that are on, most people missing first",
        description="Empty where there is none. Each begins and ends by what telemetry says.",
        tags=["Forecast"],
        parameters=[OpenApiParameter("department", str, description="Only at the department of this name.")],
        responses={200: SurgeSerializer(many=True), **problems(400, 401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """At the departments that the caller watches."""
        name = request.query_params.get("department")
        seen = [department_seen(request, name).pk] if name else departments_seen(request)
        found = read_surges(department_ids=seen, now=timezone.now())
        return Response(SurgeSerializer(_told(found), many=True).data)


def _told(found: Sequence[tuple[Queue, Alarm]]) -> Iterator[dict[str, object]]:
    for queue, alarm in found:
        yield {
            "queue": queue.code,
            "department": queue.department.name,
            "factor": alarm.surge.factor,
            "since": alarm.surge.since,
            "sure": alarm.surge.sure,
            "need": alarm.need,
            "there": alarm.there,
            "missing": alarm.missing,
            "as_of": datetime.fromtimestamp(queue.now.as_of, UTC),
        }
