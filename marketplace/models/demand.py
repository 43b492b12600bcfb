"""Demand: what came by interval, what was expected, and the state of each queue now."""

from django.db import models

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
    """Offered contacts expected in one interval of a queue, as mean and quantiles."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE)
    starts_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    mean = models.FloatField()
    p10 = models.FloatField()
    p50 = models.FloatField()
    p90 = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "starts_at"], name="forecast_once")]
        indexes = [models.Index(fields=["starts_at"], name="forecast_starts")]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.starts_at:%Y-%m-%d %H:%M}"


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
