"""Where a week's hours can come from, at what cost and how surely."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Department


class SupplyKind(models.TextChoices):
    """Whose hours they are."""

    INTERNAL = "internal", _("internal")
    LENT = "lent", _("lent by another department")
    EXTERNAL = "external", _("external")
    STANDBY = "standby", _("standby")


class Supply(models.Model):
    """One source of hours for a department. Money in minor units (cents) of one currency."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="supplies")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=SupplyKind)
    hourly_cost = models.PositiveIntegerField(help_text=_("For each hour, in minor units such as cents."))
    reservation_fee = models.PositiveIntegerField(
        default=0, help_text=_("For each hour held ready, called or not, in minor units.")
    )
    currency = models.CharField(
        max_length=3, default="EUR", validators=[RegexValidator(r"^[A-Z]{3}$", _("Write a code like EUR."))]
    )
    show_share = models.FloatField(
        default=1,
        validators=[MinValueValidator(0.01), MaxValueValidator(1)],
        help_text=_("Share of the planned hours that really come, above 0 to 1."),
    )
    hours_a_week = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("The most that can be had in a week. Empty: no limit."),
    )
    notice_hours = models.FloatField(
        default=168,
        validators=[MinValueValidator(0)],
        help_text=_("So long before the work they must be asked."),
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["department", "hourly_cost", "name"]
        verbose_name_plural = _("supplies")
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="supply_once"),
            models.CheckConstraint(condition=models.Q(show_share__gt=0, show_share__lte=1), name="supply_show_share"),
            models.CheckConstraint(
                condition=models.Q(notice_hours__gte=0)
                & (models.Q(hours_a_week__isnull=True) | models.Q(hours_a_week__gte=0)),
                name="supply_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.name
