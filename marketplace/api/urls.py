"""`/api/v1/`."""

from django.urls import path

from marketplace.api import events, gap, market_urls, mix, own_urls, people, series, steer, supplies, surges
from marketplace.api.assignments import assignments
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
    path("events/", events.EventsView.as_view(), name="events_api"),
    path("events/<int:event_id>/", events.EventView.as_view(), name="event_api"),
    path("supplies/", supplies.SuppliesView.as_view(), name="supplies_api"),
    path("supplies/<int:supply_id>/", supplies.SupplyView.as_view(), name="supply_api"),
    path("mix/", mix.MixView.as_view(), name="mix_api"),
    path("surges/", surges.SurgesView.as_view(), name="surges_api"),
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
    path("shifts/<int:shift_id>/bookings/", people.HoldersView.as_view(), name="holders_api"),
    path("shifts/series/", series.SeriesView.as_view(), name="make_series_api"),
    path("shift-templates/", series.TemplatesView.as_view(), name="shift_templates_api"),
    path("shift-templates/<int:template_id>/", series.TemplateView.as_view(), name="shift_template_api"),
    path("gap/", gap.GapView.as_view(), name="gap_api"),
    path("compensations/", people.CompensationsView.as_view(), name="compensations_api"),
    path("appeals/", people.AppealsView.as_view(), name="appeals_api"),
    path("appeals/<int:appeal_id>/decide/", people.DecideAppealView.as_view(), name="decide_appeal_api"),
    path("time-off/<int:time_off_id>/staffing/", people.StaffingView.as_view(), name="time_off_staffing_api"),
    path("moves/", steer.MovesView.as_view(), name="moves_api"),
    path("moves/<int:move_id>/accept/", steer.AcceptMoveView.as_view(), name="accept_move_api"),
    path("moves/<int:move_id>/reject/", steer.RejectMoveView.as_view(), name="reject_move_api"),
    path("moves/<int:move_id>/undo/", steer.UndoMoveView.as_view(), name="undo_move_api"),
    path("objections/", steer.ObjectionsView.as_view(), name="objections_api"),
    path("objections/<int:objection_id>/heard/", steer.HeardView.as_view(), name="heard_api"),
    path("pins/", steer.PinView.as_view(), name="pin_api"),
    path("modes/", steer.ModeView.as_view(), name="mode_api"),
    path("matcher/stop/", steer.StopView.as_view(), name="stop_api"),
    *market_urls.urlpatterns,
]
