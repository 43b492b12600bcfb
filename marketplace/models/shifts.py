"""Shifts, the search that proposes them, and what a department's shifts may look like."""

from django.contrib.postgres.fields import ArrayField, RangeBoundary
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import AgentKind, Department, Site
from marketplace.models.queues import Queue
from marketplace.vocabulary import Opening, ProposalState, ShiftState, WorkPlace
from skills.models import LEVEL, Certification, Skill

HOURS = [MinValueValidator(0.25), MaxValueValidator(24)]
CURRENCY = RegexValidator(r"^[A-Z]{3}$", _("Write a code like EUR."))


class TsTzRange(models.Func):
    """`tstzrange(starts_at, ends_at, '[)')`, by which shifts that overlap a period are found."""

    function = "TSTZRANGE"


class ShiftPolicy(models.Model):
    """What shifts cost and where they are worked in one department. Money in minor units of one currency."""

    department = models.OneToOneField(Department, on_delete=models.CASCADE, related_name="shift_policy")
    currency = models.CharField(max_length=3, default="EUR", validators=[CURRENCY])
    missing_per_hour = models.PositiveIntegerField(
        default=6000, help_text=_("What an hour costs in which somebody is missing, in minor units such as cents.")
    )
    over_per_hour = models.PositiveIntegerField(
        default=200, help_text=_("What an hour costs, beside the pay, in which somebody is not needed.")
    )
    night_share = models.FloatField(
        default=0.25,
        validators=[MinValueValidator(0), MaxValueValidator(5)],
        help_text=_("Added to the pay from 22:00 to 6:00; 0.25 is a quarter more."),
    )
    weekend_share = models.FloatField(
        default=0.25,
        validators=[MinValueValidator(0), MaxValueValidator(5)],
        help_text=_("Added to the pay on Saturdays and Sundays."),
    )
    standby_extra_per_hour = models.PositiveIntegerField(
        default=200, help_text=_("What people who can serve several queues get more for an hour.")
    )
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.SET_NULL, help_text=_("Where shifts on site are worked.")
    )

    class Meta:
        verbose_name_plural = _("shift policies")

    def __str__(self) -> str:
        return str(self.department)


class ShiftPattern(models.Model):
    """A family of shifts that may be proposed. A mid-day home shift is a short one from home."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="shift_patterns")
    name = models.CharField(max_length=60)
    work_place = models.CharField(max_length=4, choices=WorkPlace, default=WorkPlace.SITE)
    pay_per_hour = models.PositiveIntegerField(
        default=1800, validators=[MinValueValidator(1)], help_text=_("In minor units such as cents.")
    )
    cost_per_shift = models.PositiveIntegerField(default=0, help_text=_("What each costs beside its hours."))
    least_hours = models.FloatField(default=4, validators=HOURS)
    most_hours = models.FloatField(default=8, validators=HOURS)
    step_hours = models.FloatField(default=2, validators=HOURS, help_text=_("From one length to the next."))
    first_start = models.TimeField(help_text=_("No shift starts earlier, by the queues' clock."))
    last_start = models.TimeField(help_text=_("No shift starts later."))
    start_minutes = models.PositiveSmallIntegerField(
        default=30, choices=[(15, "15"), (30, "30"), (60, "60")], help_text=_("From one start to the next.")
    )
    break_minutes = models.PositiveSmallIntegerField(
        default=0, choices=[(0, _("none")), (15, "15"), (30, "30"), (45, "45"), (60, "60")]
    )
    break_paid = models.BooleanField(default=False)
    break_from_hours = models.FloatField(
        default=6, validators=HOURS, help_text=_("Shifts at least so long have the break.")
    )
    break_margin_hours = models.FloatField(
        default=2,
        validators=[MinValueValidator(0), MaxValueValidator(12)],
        help_text=_("So long after the start at the earliest, and so long before the end at the latest."),
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["department", "name"]
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="shift_pattern_once"),
            models.CheckConstraint(
                condition=models.Q(least_hours__gt=0, least_hours__lte=models.F("most_hours"), step_hours__gt=0),
                name="shift_pattern_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ShiftProposal(models.Model):
    """One search for shifts that cover a gap: asked for, worked on, ready to be kept."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="shift_proposals")
    queue_ids = ArrayField(models.BigIntegerField())
    since = models.DateTimeField()
    until = models.DateTimeField()
    standby = models.BooleanField(default=False, help_text=_("With shifts that serve several of the queues."))
    status = models.CharField(max_length=8, choices=ProposalState, default=ProposalState.WAITING)
    done = models.PositiveIntegerField(default=0, help_text=_("Parts of the search that are solved."))
    parts = models.PositiveIntegerField(default=0)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    currency = models.CharField(max_length=3, default="EUR")
    objective = models.BigIntegerField(null=True, help_text=_("Pay, and the price of what is missing and idle."))
    bound = models.BigIntegerField(null=True, help_text=_("Nothing costs less."))
    result = models.JSONField(default=dict, help_text=_("Shifts, and people by queue and interval."))
    trouble = models.CharField(max_length=400, blank=True, help_text=_("Why it failed."))

    class Meta:
        indexes = [models.Index(fields=["department", "-asked_at"], name="shift_proposal_newest")]
        constraints = [
            # single flight: a department waits for one search at a time
            models.UniqueConstraint(
                fields=["department"],
                condition=models.Q(status__in=[ProposalState.WAITING, ProposalState.WORKING]),
                name="shift_proposal_one_running",
            ),
            models.CheckConstraint(condition=models.Q(since__lt=models.F("until")), name="shift_proposal_period"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.since:%Y-%m-%d} {self.status}"


class Shift(models.Model):
    """A period `[starts_at, ends_at)` with places, for one queue; or standby, for a department and no queue."""

    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="shifts")
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="standby_shifts",
        help_text=_("Of a standby shift."),
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    places = models.PositiveIntegerField(default=1)
    work_place = models.CharField(max_length=4, choices=WorkPlace)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT)
    breaks = models.JSONField(default=list, help_text=_("Each with start, end and whether it is paid."))
    pay_per_hour = models.PositiveIntegerField(help_text=_("Without premiums, in minor units."))
    pay = models.PositiveIntegerField(help_text=_("Of one place for the whole shift, premiums included."))
    currency = models.CharField(max_length=3, validators=[CURRENCY])
    status = models.CharField(max_length=9, choices=ShiftState, default=ShiftState.DRAFT)
    bonus_per_hour = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("On top of the pay, in minor units; to fill what is hard to fill.")
    )
    notes = models.CharField(max_length=400, blank=True, db_default="")
    kinds = ArrayField(
        models.CharField(max_length=8, choices=AgentKind), default=list, blank=True, db_default=models.Value([]),
        help_text=_("Who may claim it; empty: internal and external people."),
    )  # fmt: skip
    claim_from = models.DateTimeField(null=True, blank=True, help_text=_("Empty: as the market policy says."))
    claim_until = models.DateTimeField(null=True, blank=True, help_text=_("Empty: as the market policy says."))
    taken = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text=_("Places that are booked, or kept for an offer.")
    )
    version = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text=_("Rises when the shift is changed: a claim is judged anew.")
    )
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    opening = models.CharField(
        max_length=5, choices=Opening, default=Opening.FIRST_COME, db_default=Opening.FIRST_COME, editable=False
    )
    draw_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("Until then everyone may ask; then it is drawn.")
    )
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    pattern = models.CharField(max_length=60, blank=True)
    proposal = models.ForeignKey(ShiftProposal, null=True, blank=True, on_delete=models.SET_NULL, related_name="shifts")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    class Meta:
        ordering = ["starts_at", "ends_at", "id"]
        indexes = [
            GistIndex(
                TsTzRange("starts_at", "ends_at", RangeBoundary()),
                name="shift_period",
                condition=~models.Q(status=ShiftState.CANCELLED),
            ),
            # who sits at a site at the same time
            GistIndex(
                models.F("site"),
                TsTzRange("starts_at", "ends_at", RangeBoundary()),
                name="shift_site_period",
                condition=models.Q(site__isnull=False) & ~models.Q(status=ShiftState.CANCELLED),
            ),
            models.Index(fields=["starts_at", "id"], name="shift_starts"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(queue__isnull=False, department__isnull=True)
                | models.Q(queue__isnull=True, department__isnull=False),
                name="shift_queue_or_standby",
            ),
            models.CheckConstraint(condition=models.Q(starts_at__lt=models.F("ends_at")), name="shift_period_runs"),
            models.CheckConstraint(condition=models.Q(places__gte=1), name="shift_places"),
            # the last word on overbooking
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("places")), name="shift_not_overfull"),
            models.CheckConstraint(
                condition=models.Q(work_place=WorkPlace.SITE) | models.Q(site__isnull=True), name="shift_home_no_site"
            ),
            models.CheckConstraint(condition=models.Q(status__in=ShiftState.values), name="shift_status_known"),
            models.CheckConstraint(
                condition=models.Q(opening=Opening.DRAW, draw_until__isnull=False)
                | (~models.Q(opening=Opening.DRAW) & models.Q(draw_until__isnull=True)),
                name="shift_draw_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}–{self.ends_at:%H:%M} × {self.places}"


class ShiftSkill(models.Model):
    """A skill, at a least level, that a shift asks for beyond what its queue asks."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="asks_skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField(default=1, validators=LEVEL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift", "skill"], name="shift_skill_once")]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class ShiftCertification(models.Model):
    """A certification that a shift asks for beyond what its queue asks."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="asks_certifications")
    certification = models.ForeignKey(Certification, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift", "certification"], name="shift_certification_once")]

    def __str__(self) -> str:
        return str(self.certification)
