"""`/api/v1/`."""

from django.urls import path

from marketplace.api.assignments import assignments
from marketplace.api.counts import CountsView
from marketplace.api.forecast import ForecastQualityView, ForecastView, WeekForecastView
from marketplace.api.queues import QueuesView
from marketplace.api.telemetry import TelemetryView

urlpatterns = [
    path("telemetry/", TelemetryView.as_view(), name="telemetry"),
    path("assignments/", assignments, name="assignments"),
    path("queues/", QueuesView.as_view(), name="queues"),
    path("counts/", CountsView.as_view(), name="counts"),
    path("forecast/", ForecastView.as_view(), name="forecast"),
    path("forecast/weeks/", WeekForecastView.as_view(), name="forecast_weeks"),
    path("forecast/quality/", ForecastQualityView.as_view(), name="forecast_quality"),
]
