"""The policy that admins set: the matcher's limits and the switch that stops every move."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Policy(models.Model):
    """One row. The figures mean what `matching.Limits` says."""

    stopped = models.BooleanField(default=False, help_text=_("No automatic move anywhere."))
    dwell_seconds = models.FloatField(default=10, validators=[MinValueValidator(0)])
    moves_per_duty = models.PositiveIntegerField(default=80)
    moves_per_hour = models.FloatField(default=20, validators=[MinValueValidator(0)])
    min_remaining_seconds = models.FloatField(default=30, validators=[MinValueValidator(0)])
    donor_margin = models.FloatField(default=1.5, validators=[MinValueValidator(1)])
    switch_constant = models.FloatField(
        default=0.04, validators=[MinValueValidator(0.01)], help_text=_("Smaller moves people more often.")
    )
    changeover_seconds = models.FloatField(
        default=5, validators=[MinValueValidator(0)], help_text=_("Taken until enough moves were measured.")
    )

    class Meta:
        verbose_name_plural = _("policy")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="policy_one_row")]

    def __str__(self) -> str:
        return "policy"
