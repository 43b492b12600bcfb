"""Queues: streams of contacts of one kind on one channel, with a target and what they ask for."""

import math
from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Department, validate_timezone
from skills.models import LEVEL, Certification, Skill

CURVE_HOURS = 24


def validate_country(value: str) -> None:
    """Raise `ValidationError` unless the public holidays of this place are known: IT, or DE-BY for a part of one."""
    import holidays  # noqa: PLC0415 - a tenth of a start, for something that is asked when somebody types a country

    country, hyphen, part = value.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known or (hyphen and part not in known[country]):
        raise ValidationError(
            _("%(value)s is no country whose holidays are known. Use letters like IT, or DE-BY for a part of one."),
            params={"value": value},
        )


def validate_curve(value: Sequence[float]) -> None:
    """Raise `ValidationError` unless these are 24 hourly figures of which at least one is above zero."""
    if len(value) != CURVE_HOURS or not all(math.isfinite(hour) and hour >= 0 for hour in value) or not any(value):
        raise ValidationError(_("Give 24 figures, one for each hour from midnight; none below 0, at least one above."))


class Channel(models.TextChoices):
    """How contacts come."""

    VOICE = "voice", _("voice")
    CHAT = "chat", _("chat")
    MAIL = "mail", _("mail")


class Queue(models.Model):
    """A stream of contacts. `code` is how files and switches name it."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="queues")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.VOICE)
    target_share = models.FloatField(default=0.8, help_text=_("Share of contacts to answer within the target seconds."))
    target_seconds = models.FloatField(default=20)
    patience_seconds = models.FloatField(default=180, help_text=_("Mean time after which a waiting customer gives up."))
    handle_seconds = models.FloatField(default=180, help_text=_("Mean contact and wrap-up time until it was measured."))
    usual_handle_seconds = models.FloatField(
        null=True, editable=False, help_text=_("What it was in the last four weeks; worked out nightly.")
    )
    priority = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=_("1 to 9; multiplies what a lost contact weighs."),
    )
    occupancy_cap = models.FloatField(
        default=0.9, help_text=_("At most this share of the time on contacts; need is planned so.")
    )
    shrinkage = models.FloatField(
        default=0, help_text=_("Share of planned people who are absent: breaks, illness, training.")
    )
    least_agents = models.PositiveIntegerField(
        default=0, help_text=_("So many are needed whenever the queue is open, however quiet.")
    )
    own_safety = models.FloatField(
        default=1,
        db_default=1,
        editable=False,
        help_text=_("Part of its safety that it still needs when others help out; worked out nightly."),
    )
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_timezone])
    country = models.CharField(
        max_length=8,
        blank=True,
        db_default="",
        validators=[validate_country],
        help_text=_("Whose public holidays the forecast knows, in letters like IT or DE-BY. Empty: none."),
    )
    like = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("A queue whose days look alike: the forecast borrows its shape until this one has its own."),
    )
    curve = ArrayField(
        models.FloatField(),
        null=True,
        blank=True,
        validators=[validate_curve],
        help_text=_("Contacts in each of the 24 hours of an ordinary day, where nothing was counted yet."),
    )
    home_allowed = models.BooleanField(default=True, help_text=_("May be served from home."))
    is_active = models.BooleanField(default=True)
    skills = models.ManyToManyField(Skill, through="QueueSkill", related_name="queues")
    certifications = models.ManyToManyField(Certification, through="QueueCertification", related_name="queues")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(target_share__gt=0, target_share__lte=1), name="queue_target_share"
            ),
            models.CheckConstraint(
                condition=models.Q(target_seconds__gte=0, patience_seconds__gt=0, handle_seconds__gt=0),
                name="queue_seconds",
            ),
            models.CheckConstraint(
                condition=models.Q(occupancy_cap__gt=0, occupancy_cap__lte=1), name="queue_occupancy_cap"
            ),
            models.CheckConstraint(condition=models.Q(shrinkage__gte=0, shrinkage__lt=1), name="queue_shrinkage"),
            models.CheckConstraint(condition=models.Q(own_safety__gte=0, own_safety__lte=1), name="queue_own_safety"),
            models.CheckConstraint(condition=models.Q(priority__gte=1, priority__lte=9), name="queue_priority"),
            models.CheckConstraint(
                condition=models.Q(opens__isnull=True, closes__isnull=True)
                | models.Q(opens__isnull=False, closes__isnull=False),
                name="queue_hours_both",
            ),
            models.CheckConstraint(condition=~models.Q(like=models.F("pk")), name="queue_like_another"),
            models.CheckConstraint(
                condition=models.Q(curve__isnull=True) | models.Q(curve__len=CURVE_HOURS), name="queue_curve_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QueueSkill(models.Model):
    """A skill, at a least level, that a queue asks for."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="asks_skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField(default=1, validators=LEVEL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "skill"], name="queue_skill_once")]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class QueueCertification(models.Model):
    """A certification that a queue asks for."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="asks_certifications")
    certification = models.ForeignKey(Certification, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "certification"], name="queue_certification_once")]

    def __str__(self) -> str:
        return str(self.certification)
