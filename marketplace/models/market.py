"""The rules of the marketplace that admins set, and departments' consent to lend their people."""

from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent, Department

YEAR = timedelta(days=366)
"""No time of the policy is longer: what an admin's slip of the key makes of it no date can hold."""
UNITS = {unit: YEAR / timedelta(**{unit: 1}) for unit in ("days", "hours", "minutes", "seconds")}
SHARE = [MinValueValidator(0), MaxValueValidator(1)]


def usual_tiers() -> list[list[float]]:
    """At once from 95 %, an hour later from 80 %, then everyone two hours after that."""
    return [[0.95, 0], [0.8, 60], [0, 180]]


def validate_tiers(value: Any) -> None:
    """Raise `ValidationError` unless these are pairs of a reliability from 0 to 1 and minutes of delay, at most a year.

    Numbers, not texts that look like one: a shift that opens by tiers counts with them.
    """
    if not (isinstance(value, list) and value and all(map(_is_tier, value))):
        raise ValidationError(
            _("Write pairs like [[0.95, 0], [0, 120]]: least reliability from 0 to 1, minutes of delay.")
        )


def _is_tier(pair: Any) -> bool:
    if not (isinstance(pair, list) and len(pair) == 2):
        return False
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in pair):
        return False
    least, minutes = pair
    return 0 <= least <= 1 and 0 <= minutes <= YEAR / timedelta(minutes=1)


class MarketPolicy(models.Model):
    """One row: working time, when claims are taken, and what giving back and cancelling late mean."""

    rest_hours = models.FloatField(
        null=True, blank=True, default=11, validators=[MinValueValidator(0), MaxValueValidator(24)],
        help_text=_("Between two stretches of work. Empty: no such rule."),
    )  # fmt: skip
    hours_per_day = models.FloatField(
        null=True, blank=True, default=10, validators=[MinValueValidator(0)], help_text=_("Empty: no such rule.")
    )
    hours_per_week = models.FloatField(
        null=True, blank=True, default=48, validators=[MinValueValidator(0)], help_text=_("Empty: no such rule.")
    )
    consecutive_days = models.PositiveSmallIntegerField(
        null=True, blank=True, default=6, help_text=_("Days of work in a row. Empty: no such rule.")
    )
    earliest_claim_days = models.PositiveSmallIntegerField(
        null=True, blank=True, default=60, help_text=_("Shifts are claimed at most so long ahead. Empty: any time.")
    )
    latest_claim_minutes = models.PositiveIntegerField(
        default=0, help_text=_("Claims end so long before the start of a shift.")
    )
    undo_seconds = models.PositiveIntegerField(default=300, help_text=_("A claim is undone freely for so long."))
    lock_down_hours = models.FloatField(
        default=48, validators=[MinValueValidator(0)],
        help_text=_("From so long before the start a place is not given back but held until somebody takes it over."),
    )  # fmt: skip
    replace_until_minutes = models.PositiveIntegerField(
        default=60, help_text=_("Whoever was not replaced so long before the start is expected to come.")
    )
    reconfirm_hours = models.FloatField(
        default=24, validators=[MinValueValidator(0)],
        help_text=_("So long before the start people are asked to confirm that they will come."),
    )  # fmt: skip
    check_in_minutes = models.PositiveIntegerField(default=15, help_text=_("Check-in opens so long before the start."))
    no_show_minutes = models.PositiveIntegerField(
        default=10, help_text=_("Whoever has not checked in so long after the start counts as no-show.")
    )
    offer_minutes = models.PositiveIntegerField(
        default=30, validators=[MinValueValidator(1)],
        help_text=_("An offer from the waiting list is open for so long; for less if the shift starts soon."),
    )  # fmt: skip
    tiers = models.JSONField(
        default=usual_tiers, validators=[validate_tiers],
        help_text=_("Least reliability from 0 to 1, and minutes until a shift that opens by tiers opens to them."),
    )  # fmt: skip
    swap_hours = models.PositiveSmallIntegerField(
        default=48, db_default=48, validators=[MinValueValidator(1)],
        help_text=_("A swap waits so long for an answer, at most until the first of its shifts."),
    )  # fmt: skip
    swap_needs_approval = models.BooleanField(default=False, help_text=_("A dispatcher approves every swap."))
    late_cancel_hours = models.FloatField(
        default=24, validators=[MinValueValidator(0)],
        help_text=_("An organisation that cancels a shift later than so long before its start pays for it."),
    )  # fmt: skip
    late_cancel_share = models.FloatField(
        default=0.5, validators=SHARE, help_text=_("Share of the pay that is due then.")
    )

    class Meta:
        verbose_name_plural = _("market policy")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="market_policy_one_row")]

    def __str__(self) -> str:
        return "market policy"

    def clean(self) -> None:
        """Raise `ValidationError` by field for times longer than a year."""
        wrong = {}
        for field in self._meta.concrete_fields:
            most = next((UNITS[word] for word in field.name.split("_") if word in UNITS), None)
            value = getattr(self, field.name)
            if most is not None and isinstance(value, int | float) and value > most:
                wrong[field.name] = _("At most %(most)d: a year.") % {"most": most}
        if wrong:
            raise ValidationError(wrong)


class Lending(models.Model):
    """A department's consent that its people, or one of them, work for another department, or any, in a period."""

    lender = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="lendings")
    borrower = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="borrowings",
        help_text=_("Empty: any department."),
    )  # fmt: skip
    agent = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.CASCADE, related_name="lendings",
        help_text=_("Empty: everybody of the department."),
    )  # fmt: skip
    period = DateTimeRangeField(help_text=_("An end that is left open lasts until recalled."))
    recalled_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__lower_inf=False), name="lending_period"
            ),
            models.CheckConstraint(
                condition=models.Q(borrower__isnull=True) | ~models.Q(borrower=models.F("lender")),
                name="lending_to_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lender} → {self.borrower or '*'}"
