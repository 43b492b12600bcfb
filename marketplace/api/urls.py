"""`/api/v1/`."""

from django.urls import path

from marketplace.api.assignments import assignments
from marketplace.api.queues import QueuesView
from marketplace.api.telemetry import TelemetryView

urlpatterns = [
    path("telemetry/", TelemetryView.as_view(), name="telemetry"),
    path("assignments/", assignments, name="assignments"),
    path("queues/", QueuesView.as_view(), name="queues"),
]
