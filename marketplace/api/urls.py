"""`/api/v1/`."""

from django.urls import path

from marketplace.api.assignments import assignments
from marketplace.api.counts import CountsView
from marketplace.api.forecast import ForecastQualityView, ForecastView, WeekForecastView
from marketplace.api.queues import QueuesView
from marketplace.api.shifts import KeepView, ProposalsView, ProposalView, ShiftsView
from marketplace.api.telemetry import TelemetryView

urlpatterns = [
    path("telemetry/", TelemetryView.as_view(), name="telemetry"),
    path("assignments/", assignments, name="assignments"),
    path("queues/", QueuesView.as_view(), name="queues"),
    path("counts/", CountsView.as_view(), name="counts"),
    path("forecast/", ForecastView.as_view(), name="forecast"),
    path("forecast/weeks/", WeekForecastView.as_view(), name="forecast_weeks"),
    path("forecast/quality/", ForecastQualityView.as_view(), name="forecast_quality"),
    path("shift-proposals/", ProposalsView.as_view(), name="shift_proposals"),
    path("shift-proposals/<int:proposal_id>/", ProposalView.as_view(), name="shift_proposal_api"),
    path("shift-proposals/<int:proposal_id>/keep/", KeepView.as_view(), name="keep_proposal_api"),
    path("shifts/", ShiftsView.as_view(), name="shifts"),
]
