"""Admin pages to look things up: what the product wrote by itself. Only duty that has not begun can be taken back."""

from datetime import datetime

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from gigcx.accounts.admin_pages import ActionAdmin, RecordAdmin
from marketplace.actions.duty import cancel_duty
from marketplace.models import (
    Assignment,
    Duty,
    Forecast,
    ForecastQuality,
    Interval,
    MatcherRun,
    Move,
    Objection,
    Pause,
    WeekForecast,
)


@admin.register(Duty)
class DutyAdmin(ActionAdmin):
    """Who is at work when, as loaded."""

    list_display = ["agent", "period", "queue", "site", "source", "signed_off_at"]
    list_filter = ["source", "queue"]
    list_select_related = ["agent", "queue", "site"]
    search_fields = ["agent__name", "agent__code"]
    ordering = ["-period"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Duty comes from files and bookings."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Take it back and load it anew."""
        return False

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Taken back, if it has not begun."""
        cancel_duty(duty_id=row.pk, actor=actor, now=now)


@admin.register(Assignment)
class AssignmentAdmin(RecordAdmin):
    """Which queue each agent served, from when until when."""

    list_display = ["agent", "queue", "period", "pinned"]
    list_filter = ["queue"]
    list_select_related = ["agent", "queue"]
    search_fields = ["agent__name", "agent__code"]
    ordering = ["-id"]


@admin.register(Pause)
class PauseAdmin(RecordAdmin):
    """When agents on duty were away, and why."""

    list_display = ["agent", "period", "reason"]
    list_filter = ["reason"]
    list_select_related = ["agent"]
    search_fields = ["agent__name", "agent__code"]
    ordering = ["-id"]


@admin.register(Move)
class MoveAdmin(RecordAdmin):
    """Every reassignment and why."""

    list_display = ["created_at", "agent", "source", "target", "status", "gain", "loss", "actor"]
    list_filter = ["status", "target"]
    list_select_related = ["agent", "source", "target"]
    search_fields = ["agent__name", "agent__code"]
    ordering = ["-created_at"]


@admin.register(MatcherRun)
class MatcherRunAdmin(RecordAdmin):
    """Ticks of the matcher."""

    list_display = ["started_at", "trigger", "agents", "queues", "planned", "applied", "stale", "objective"]
    ordering = ["-started_at"]


@admin.register(Objection)
class ObjectionAdmin(RecordAdmin):
    """What agents said against a move; dispatchers hear it on the board."""

    list_display = ["at", "move", "text", "heard_at"]
    list_select_related = ["move"]
    ordering = ["-at"]


@admin.register(Interval)
class IntervalAdmin(RecordAdmin):
    """What was counted."""

    list_display = ["queue", "starts_at", "seconds", "offered", "answered", "answered_in_target", "abandoned"]
    list_filter = ["queue"]
    list_select_related = ["queue"]
    ordering = ["-starts_at"]


@admin.register(Forecast)
class ForecastAdmin(RecordAdmin):
    """What is expected."""

    list_display = ["queue", "starts_at", "seconds", "mean", "p10", "p50", "p90"]
    list_filter = ["queue"]
    list_select_related = ["queue"]
    ordering = ["-starts_at"]


@admin.register(WeekForecast)
class WeekForecastAdmin(RecordAdmin):
    """What is expected of the weeks of a year."""

    list_display = ["queue", "starts_on", "mean", "p10", "p50", "p90"]
    list_filter = ["queue"]
    list_select_related = ["queue"]
    ordering = ["queue", "starts_on"]


@admin.register(ForecastQuality)
class ForecastQualityAdmin(RecordAdmin):
    """How good the forecasts have been, and what failed."""

    list_display = ["queue", "model", "wape", "naive_wape", "mase", "coverage80", "made_at", "problem"]
    list_select_related = ["queue"]
    search_fields = ["queue__name", "queue__code"]
    ordering = ["queue__name"]
