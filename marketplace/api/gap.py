"""Need against roster, bookings and open places by API: what the planner's picture shows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.problems import Problem
from marketplace.api.schemas import problems
from marketplace.api.shifts import MAY, TAGS, department_asked, instant_of
from marketplace.queries.gap import STEP_SECONDS
from marketplace.queries.grid import Grid
from marketplace.queries.planner import DayPlan, read_day

LONGEST = timedelta(days=7)


class GapSerializer(serializers.Serializer):
    """People at one queue in one interval, on average."""

    queue = serializers.CharField(help_text="The code.")
    interval_start = serializers.DateTimeField()
    interval_seconds = serializers.IntegerField()
    need = serializers.IntegerField()
    rostered = serializers.FloatField(help_text="On the roster, on duty by hand, or on standby.")
    booked = serializers.FloatField()
    open = serializers.FloatField(help_text="Free places of open shifts.")
    drafts = serializers.FloatField(help_text="Free places of drafts.")
    gap = serializers.FloatField(help_text="Need less rostered and booked; below 0 people are to spare.")


class GapView(APIView):
    """The gap."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="read_gap", summary="Need against staffed of a department's queues, by half hours", tags=TAGS,
        parameters=[
            OpenApiParameter("department", str, required=True, description="Its name."),
            OpenApiParameter("since", datetime, description="From when; now, where it is not given."),
            OpenApiParameter("until", datetime, description="At most 7 days later; a day, where it is not given."),
        ],
        responses={200: GapSerializer(many=True), **problems(400, 401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Of one department that the caller plans."""
        query, now = request.query_params, timezone.now()
        department = department_asked(request)
        since = instant_of(query.get("since"), "since") or now
        until = instant_of(query.get("until"), "until") or since + timedelta(days=1)
        if not timedelta(0) < until - since <= LONGEST:
            raise Problem(status=400, code="bad_until", detail="`until` is after `since`, at most 7 days.")
        grid = Grid.ahead(now=since, until=until, step_seconds=STEP_SECONDS)
        plan = read_day(department_id=department.pk, grid=grid, now=now, able=None)
        return Response(GapSerializer(_rows(plan), many=True).data)


def _rows(plan: DayPlan) -> Iterator[dict[str, object]]:
    for row, queue in enumerate(plan.queues):
        for cell, start in enumerate(plan.grid.starts):
            figures = {name: float(getattr(plan, name)[row, cell]) for name in ("rostered", "booked", "open", "drafts")}
            need = int(plan.need[row, cell])
            yield figures | {
                "queue": queue.code,
                "interval_start": datetime.fromtimestamp(int(start), UTC),
                "interval_seconds": plan.grid.step_seconds,
                "need": need,
                "gap": need - figures["rostered"] - figures["booked"],
            }
