"""The ledger's table and the record of writes that callers may repeat."""

from django.db import models

PUBLISHED = models.Q(position__isnull=False)


class Entry(models.Model):
    """One change: who did what to what, when, why.

    `position` is given by the relay when the Entry is published and is the order in which everyone outside sees
    changes: ids are drawn before commit and can become visible out of order, positions can't.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=48)
    actor = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict)
    position = models.BigIntegerField(null=True)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["id"], name="entry_unpublished", condition=models.Q(position__isnull=True)),
            models.Index(fields=["subject", "-position"], name="entry_subject"),
            # found by position only, so indexed when the relay gives one: whoever writes an Entry need not wait for it
            models.Index(fields=["kind", "-position"], name="entry_kind", condition=PUBLISHED),
        ]
        constraints = [models.UniqueConstraint(fields=["position"], name="entry_position", condition=PUBLISHED)]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Replayable(models.Model):
    """What was answered to a write with an `Idempotency-Key`, so that sending it again answers the same."""

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="replayable_once")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
