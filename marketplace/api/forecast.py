"""`GET /api/v1/forecast/…`: what is expected by interval and by week, and how good such forecasts have been."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination

from gigcx.accounts.models import Scope, Token
from gigcx.accounts.permissions import by, scoped
from gigcx.problems import Problem
from marketplace.api.schemas import ForecastQualitySerializer, ForecastSerializer, WeekForecastSerializer, problems
from marketplace.api.shifts import instant_of
from marketplace.models import Forecast, ForecastQuality, Queue, WeekForecast
from marketplace.queries.board import department_ids_of, within
from marketplace.rules import may_see_board

AHEAD = timedelta(days=14)
QUEUE = OpenApiParameter("queue", str, required=True, description="The queue's code.")
FROM = OpenApiParameter("from", datetime, description="With offset; by default now.")
TO = OpenApiParameter("to", datetime, description="With offset; by default fourteen days after `from`.")


class ByStart(CursorPagination):
    """Two weeks of quarters of an hour at once."""

    page_size = 1344
    ordering = "starts_at"


class ByWeek(CursorPagination):
    """A year at once."""

    page_size = 53
    ordering = "starts_on"


class ByQueue(CursorPagination):
    """Pages of a hundred."""

    page_size = 100
    ordering = "code"


class Expected(ListAPIView):
    """For tokens that may read forecasts, and for people who see the queue's department on their board."""

    permission_classes = [by(may_see_board) | scoped(Scope.FORECAST)]

    def queues(self) -> QuerySet[Queue]:
        """Those that the caller may see."""
        queues = Queue.objects.filter(is_active=True)
        if isinstance(self.request.auth, Token):
            return queues
        return queues.filter(within(department_ids_of(user=self.request.user)))

    def queue(self) -> Queue:
        """The one that is asked for."""
        code = self.request.query_params.get("queue", "")
        if not code:
            raise Problem(status=400, code="queue_missing", detail="Say which queue: ?queue=CODE.")
        queue = self.queues().filter(code=code).first()
        if queue is None:
            raise Http404
        return queue

    def instant(self, name: str, default: datetime) -> datetime:
        """A query parameter as an instant."""
        return instant_of(self.request.query_params.get(name), name, code="bad_time") or default


@extend_schema_view(
    get=extend_schema(
        operation_id="read_forecast",
        summary="Contacts expected by interval",
        description="In the order of time. Where today was corrected by what came so far, `planned_mean` is the mean"
        " of the plan.",
        tags=["Forecast"],
        parameters=[QUEUE, FROM, TO],
        responses={200: ForecastSerializer(many=True), **problems(400, 401, 403, 404)},
    )
)
class ForecastView(Expected):
    """The intervals of one queue that begin from `from` until `to`."""

    serializer_class = ForecastSerializer
    pagination_class = ByStart
    queryset = Forecast.objects.none()

    def get_queryset(self) -> Any:
        """One queue's rows."""
        since = self.instant("from", timezone.now())
        until = self.instant("to", since + AHEAD)
        return Forecast.objects.filter(queue=self.queue(), starts_at__gte=since, starts_at__lt=until)


@extend_schema_view(
    get=extend_schema(
        operation_id="read_week_forecast",
        summary="Contacts expected by week, for a year",
        tags=["Forecast"],
        parameters=[QUEUE],
        responses={200: WeekForecastSerializer(many=True), **problems(400, 401, 403, 404)},
    )
)
class WeekForecastView(Expected):
    """The coming weeks of one queue."""

    serializer_class = WeekForecastSerializer
    pagination_class = ByWeek
    queryset = WeekForecast.objects.none()

    def get_queryset(self) -> Any:
        """From this week on."""
        return WeekForecast.objects.filter(queue=self.queue(), starts_on__gt=timezone.now().date() - timedelta(days=7))


@extend_schema_view(
    get=extend_schema(
        operation_id="read_forecast_quality",
        summary="How good the forecasts have been",
        description="From a rolling backtest of each queue, beside last week's figures taken again.",
        tags=["Forecast"],
        responses={200: ForecastQualitySerializer(many=True), **problems(401, 403)},
    )
)
class ForecastQualityView(Expected):
    """One row a queue, by code."""

    serializer_class = ForecastQualitySerializer
    pagination_class = ByQueue
    queryset = ForecastQuality.objects.none()

    def get_queryset(self) -> Any:
        """Those in view."""
        return ForecastQuality.objects.filter(queue__in=self.queues()).annotate(code=F("queue__code"))
