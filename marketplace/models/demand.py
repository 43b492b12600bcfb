"""Demand: what came by interval, what was expected, and the state of each queue now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.models.queues import Queue


class Interval(models.Model):
    """The clock step of demand: totals of one queue over `[starts_at, starts_at + seconds)`."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE)
    starts_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    offered = models.PositiveIntegerField()
    answered = models.PositiveIntegerField(default=0)
    answered_in_target = models.PositiveIntegerField(default=0)
    abandoned = models.PositiveIntegerField(default=0)
    handle_seconds = models.FloatField(default=0, help_text="Sum over the contacts that ended in the interval.")
    as_of = models.DateTimeField(help_text="When these totals held; an older report never replaces a newer one.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "starts_at", "seconds"], name="interval_once"),
            models.CheckConstraint(condition=models.Q(seconds__gt=0), name="interval_seconds"),
        ]
        indexes = [models.Index(fields=["starts_at"], name="interval_starts")]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Forecast(models.Model):
    """Offered contacts expected in one interval of a queue, as mean and quantiles.

    Where today was corrected by what came so far, the `planned_…` figures say what was forecast before; else they are
    null.
    """

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE)
    starts_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    mean = models.FloatField()
    p10 = models.FloatField()
    p50 = models.FloatField()
    p90 = models.FloatField()
    planned_mean = models.FloatField(null=True)
    planned_p10 = models.FloatField(null=True)
    planned_p50 = models.FloatField(null=True)
    planned_p90 = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "starts_at"], name="forecast_once"),
            models.CheckConstraint(
                condition=models.Q(
                    planned_mean__isnull=True,
                    planned_p10__isnull=True,
                    planned_p50__isnull=True,
                    planned_p90__isnull=True,
                )
                | models.Q(
                    planned_mean__isnull=False,
                    planned_p10__isnull=False,
                    planned_p50__isnull=False,
                    planned_p90__isnull=False,
                ),
                name="forecast_planned_whole",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], name="forecast_starts")]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.starts_at:%Y-%m-%d %H:%M}"


class WeekForecast(models.Model):
    """Offered contacts expected in one week of a queue, as mean and quantiles; for the year ahead."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE)
    starts_on = models.DateField(help_text=_("A Monday, in the queue's own zone."))
    mean = models.FloatField()
    p10 = models.FloatField()
    p50 = models.FloatField()
    p90 = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "starts_on"], name="week_forecast_once")]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.starts_on}"


class ForecastQuality(models.Model):
    """How good a queue's forecast is, from its rolling backtest: what the person sees beside it."""

    queue = models.OneToOneField(Queue, primary_key=True, on_delete=models.CASCADE, related_name="quality")
    model = models.CharField(max_length=80, blank=True, help_text=_("What won the backtest."))
    wape = models.FloatField(null=True, help_text=_("Sum of absolute errors ÷ sum of what came."))
    naive_wape = models.FloatField(null=True, help_text=_("The same for last week's figures taken again."))
    mase = models.FloatField(null=True, help_text=_("Mean absolute error ÷ that of last week's figures in the past."))
    coverage80 = models.FloatField(null=True, help_text=_("Share of intervals between p10 and p90; 0.8 is right."))
    day_spread = models.FloatField(default=0, help_text=_("Standard deviation of the log of a day's own factor."))
    made_at = models.DateTimeField(null=True, help_text=_("When the forecast that stands was made."))
    due_at = models.DateTimeField(null=True, help_text=_("Since when a new one is wanted, before the night's."))
    problem = models.TextField(blank=True, help_text=_("Why the latest attempt failed; the forecast before it stands."))
    failed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = _("forecast qualities")

    def __str__(self) -> str:
        return f"queue {self.queue_id}: {self.model or self.problem}"


class QueueNow(models.Model):
    """One row a queue: what telemetry last said, and what was worked out from it. Instants are epoch seconds."""

    queue = models.OneToOneField(Queue, primary_key=True, on_delete=models.CASCADE, related_name="now")
    as_of = models.FloatField(default=0, help_text="The `at` of the last report taken.")
    waiting = models.IntegerField(default=0)
    longest_wait_seconds = models.FloatField(default=0)
    recent_arrivals = models.FloatField(
        default=0, help_text="Arrivals, each weighted by exp(−age / 300 s), as of `as_of`."
    )
    recent_seconds = models.FloatField(default=0, help_text="The exposure behind them.")
    handle_sum = models.FloatField(default=0, help_text="Handle seconds, decayed, as of `as_of`.")
    handle_count = models.FloatField(default=0, help_text="Contacts answered meanwhile.")
    watch = models.JSONField(default=list, help_text="The surge detector's running figures.")
    surge_since = models.FloatField(null=True)
    surge_factor = models.FloatField(null=True)
    surge_sure = models.FloatField(null=True)
    surge_told = models.FloatField(null=True, help_text="The factor of which dispatchers last heard.")
    expected_share = models.FloatField(null=True, help_text="Expected to be answered in target over the look-ahead.")
    need = models.IntegerField(null=True, help_text="Agents needed at the rate of the next minutes, by Erlang A.")

    def __str__(self) -> str:
        return f"queue {self.queue_id}: {self.waiting} waiting"


class TelemetryBatch(models.Model):
    """A batch that was taken: the same id again is a duplicate and changes nothing."""

    id = models.UUIDField(primary_key=True)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "telemetry batches"
        indexes = [models.Index(fields=["received_at"], name="batch_received")]

    def __str__(self) -> str:
        return str(self.id)
