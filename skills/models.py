"""Skills, who holds them at which level, and the certifications that expire."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent, User

LEVEL = [MinValueValidator(1), MaxValueValidator(5)]


class Skill(models.Model):
    """What can be known."""

    name = models.CharField(max_length=80, unique=True)
    implies = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="implied_by",
        help_text=_("Holding this skill counts as holding those, at the same level."),
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Certification(models.Model):
    """A proof that a queue can demand; each person's `Certificate` of it expires."""

    name = models.CharField(max_length=80, unique=True)
    valid_days = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Validity(models.Model):
    """A half-open period `[valid_from, valid_until)`; an empty end is open."""

    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Proficiency(Validity):
    """Who knows a skill, at which level 1–5. It counts only once verified."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="proficiencies")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="proficiencies")
    level = models.PositiveSmallIntegerField(default=1, validators=LEVEL)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        verbose_name_plural = _("proficiencies")
        constraints = [
            models.UniqueConstraint(fields=["agent", "skill"], name="proficiency_once"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=5), name="proficiency_level"),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_until")),
                name="proficiency_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.skill} {self.level}"


class RequestState(models.TextChoices):
    """What became of a request to have a skill verified."""

    ASKED = "asked", _("waits for an answer")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class SkillRequest(models.Model):
    """An agent declares a skill, with evidence. It counts once an admin has verified it, maybe at another level."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="skill_requests")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="requests")
    level = models.PositiveSmallIntegerField(validators=LEVEL)
    evidence = models.CharField(max_length=600, blank=True, help_text=_("What shows it: words, or a link."))
    status = models.CharField(max_length=9, choices=RequestState, default=RequestState.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL)
    note = models.CharField(max_length=300, blank=True, help_text=_("What the admin said."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "skill"], name="skill_request_once", condition=models.Q(status=RequestState.ASKED)
            ),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=5), name="skill_request_level"),
            models.CheckConstraint(condition=models.Q(status__in=RequestState.values), name="skill_request_status"),
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="skill_request_asked", condition=models.Q(status=RequestState.ASKED))
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.skill_id} {self.level}"


class Certificate(Validity):
    """A certification that a person holds."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="certificates")
    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="certificates")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "certification"], name="certificate_once"),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_from__lt=models.F("valid_until")),
                name="certificate_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.certification}"


class CompetenceVersion(models.Model):
    """One row: a number that rises with every change of who may do what, of the names of it, and of the market policy.

    Readers keep what they computed by it. It is of the clock, so that none comes again after a rollback.
    """

    number = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.number)
