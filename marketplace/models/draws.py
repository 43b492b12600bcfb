"""Draws: shifts that everyone may ask for until a set time, and how their places were then given."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.models.shifts import Shift


class Draw(models.Model):
    """The draw of a shift (docs/draw.md). The hash is shown from the opening on, the seed only once it is drawn."""

    shift = models.OneToOneField(Shift, on_delete=models.CASCADE, related_name="draw")
    seed = models.CharField(max_length=64, editable=False)
    seed_hash = models.CharField(max_length=64, editable=False)
    drawn_at = models.DateTimeField(null=True, editable=False)
    record = models.JSONField(default=dict, editable=False, help_text=_("All it takes to draw again."))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(drawn_at__isnull=True) | ~models.Q(record={}), name="draw_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.drawn_at or '…'}"
