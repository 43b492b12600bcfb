"""`/api/v1/`."""

from django.urls import path

from marketplace.api import market_urls, own_urls
from marketplace.api.assignments import assignments
from marketplace.api.attendance import AppealView, ConfirmView, IllView, ReliabilityView
from marketplace.api.bookings import BookingsView, CheckInView, ClaimView, KeepPlaceView, ReleaseView, UndoView
from marketplace.api.counts import CountsView
from marketplace.api.forecast import ForecastQualityView, ForecastView, WeekForecastView
from marketplace.api.lendings import LendingsView, RecallView
from marketplace.api.open_shifts import OpenShiftsView
from marketplace.api.plan import AtRiskView, BulkView, PlannedShiftsView, PromisesView, PullView, ShiftView
from marketplace.api.queues import QueuesView
from marketplace.api.shifts import KeepView, ProposalsView, ProposalView
from marketplace.api.telemetry import TelemetryView

urlpatterns = [
    *own_urls.urlpatterns,
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
    path("shifts/", PlannedShiftsView.as_view(), name="shifts"),
    path("shifts/bulk/", BulkView.as_view(), name="shifts_bulk_api"),
    path("shifts/at-risk/", AtRiskView.as_view(), name="at_risk_api"),
    path("shifts/<int:shift_id>/", ShiftView.as_view(), name="shift_api"),
    path("bookings/<int:booking_id>/pull/", PullView.as_view(), name="pull_api"),
    path("promises/", PromisesView.as_view(), name="promises_api"),
    path("lendings/", LendingsView.as_view(), name="lendings"),
    path("lendings/<int:lending_id>/recall/", RecallView.as_view(), name="recall_api"),
    path("shifts/open/", OpenShiftsView.as_view(), name="open_shifts_api"),
    path("shifts/<int:shift_id>/claim/", ClaimView.as_view(), name="claim_api"),
    path("bookings/", BookingsView.as_view(), name="bookings"),
    path("bookings/<int:booking_id>/undo/", UndoView.as_view(), name="undo_api"),
    path("bookings/<int:booking_id>/release/", ReleaseView.as_view(), name="release_api"),
    path("bookings/<int:booking_id>/keep/", KeepPlaceView.as_view(), name="keep_api"),
    path("bookings/<int:booking_id>/confirm/", ConfirmView.as_view(), name="confirm_api"),
    path("bookings/<int:booking_id>/ill/", IllView.as_view(), name="ill_api"),
    path("bookings/<int:booking_id>/appeal/", AppealView.as_view(), name="appeal_api"),
    path("reliability/", ReliabilityView.as_view(), name="reliability_api"),
    path("bookings/<int:booking_id>/check-in/", CheckInView.as_view(), name="check_in_api"),
    *market_urls.urlpatterns,
]
