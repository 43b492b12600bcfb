"""What the API takes and gives where dispatchers plan shifts."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gigcx.accounts.models import Agent, AgentKind, Department, Site
from marketplace.actions.shift_figures import ShiftFigures
from marketplace.api.shift_schemas import PauseSerializer, pauses
from marketplace.models import Lending, Queue, Shift
from marketplace.vocabulary import Opening, WorkPlace
from skills.models import Certification, Skill

MOST_PAID = 1_000_000
"""An hour, in minor units."""


class PlanSerializer(serializers.Serializer):
    """A shift as it is wanted: of a queue, or with `department` and without `queue` standby."""

    queue = serializers.SlugRelatedField("code", queryset=Queue.objects.all(), required=False, allow_null=True)
    department = serializers.SlugRelatedField(
        "name", queryset=Department.objects.all(), required=False, help_text="Whose standby it is."
    )
    starts_at = serializers.DateTimeField(help_text="With offset.")
    ends_at = serializers.DateTimeField()
    places = serializers.IntegerField(min_value=1, max_value=9999, default=1)
    work_place = serializers.ChoiceField(choices=WorkPlace.choices)
    site = serializers.SlugRelatedField("name", queryset=Site.objects.all(), required=False, allow_null=True)
    breaks = PauseSerializer(many=True, required=False)
    pay_per_hour = serializers.IntegerField(min_value=1, max_value=MOST_PAID, help_text="In minor units.")
    bonus_per_hour = serializers.IntegerField(min_value=0, max_value=MOST_PAID, default=0, help_text="In minor units.")
    notes = serializers.CharField(max_length=400, allow_blank=True, default="")
    kinds = serializers.MultipleChoiceField(choices=AgentKind.choices, default=list, help_text="Empty: everybody.")
    claim_from = serializers.DateTimeField(required=False, allow_null=True)
    claim_until = serializers.DateTimeField(required=False, allow_null=True)
    skills = serializers.DictField(
        child=serializers.IntegerField(min_value=1, max_value=5), default=dict,
        help_text="Least levels by the skill's name, beyond what the queue asks.",
    )  # fmt: skip
    certifications = serializers.SlugRelatedField("name", queryset=Certification.objects.all(), many=True, default=list)

    def validate_skills(self, levels: dict[str, int]) -> dict[int, int]:
        """By the skill's number."""
        known = dict(Skill.objects.filter(name__in=levels).values_list("name", "pk"))
        if unknown := sorted(set(levels) - set(known)):
            raise serializers.ValidationError(_("No skill %(names)s.") % {"names": ", ".join(unknown)})
        return {known[name]: level for name, level in levels.items()}

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """One of queue and department."""
        if not said.get("queue") and not said.get("department"):
            raise serializers.ValidationError({"queue": [_("Name a queue, or the department that stands by.")]})
        return said

    def figures(self) -> ShiftFigures:
        """What was said, as actions want it."""
        said = self.validated_data
        queue, site = said.get("queue"), said.get("site")
        return ShiftFigures(
            queue_id=queue.pk if queue else None,
            department_id=queue.department_id if queue else said["department"].pk,
            starts_at=said["starts_at"],
            ends_at=said["ends_at"],
            places=said["places"],
            work_place=said["work_place"],
            site_id=site.pk if site else None,
            breaks=tuple(_pause(pause) for pause in said.get("breaks", ())),
            pay_per_hour=said["pay_per_hour"],
            bonus_per_hour=said["bonus_per_hour"],
            notes=said["notes"],
            kinds=tuple(sorted(said["kinds"])),
            claim_from=said.get("claim_from"),
            claim_until=said.get("claim_until"),
            skills=said["skills"],
            certification_ids=frozenset(one.pk for one in said["certifications"]),
        )


class MakeSerializer(PlanSerializer):
    """A new shift."""

    open = serializers.BooleanField(default=False, help_text="Open to agents at once; else it is a draft.")


class BulkSerializer(serializers.Serializer):
    """What to do with all of these shifts; all of them or none."""

    shifts = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=500)
    do = serializers.ChoiceField(choices=["open", "cancel", "bonus"])
    bonus_per_hour = serializers.IntegerField(
        min_value=0, max_value=MOST_PAID, required=False, help_text="For `bonus`, in minor units."
    )
    opening = serializers.ChoiceField(
        choices=Opening.choices, default=Opening.FIRST_COME, help_text="For `open`: to everyone at once, or not."
    )
    draw_until = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="For `draw`: until then everyone may ask."
    )
    dry_run = serializers.BooleanField(default=False, help_text="For `cancel`: only say what it would mean.")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Only cancelling can be asked about first."""
        if said["dry_run"] and said["do"] != "cancel":
            raise serializers.ValidationError({"dry_run": [_("Only for cancelling.")]})
        return said


class PriceSerializer(serializers.Serializer):
    """What cancelling means for people who hold places."""

    people = serializers.IntegerField(help_text="Who hold places and lose them.")
    late = serializers.IntegerField(help_text="Of them so late that something is owed.")
    owed = serializers.DictField(child=serializers.IntegerField(), help_text="In minor units, by currency.")


class DoneSerializer(serializers.Serializer):
    """How many shifts were changed."""

    shifts = serializers.IntegerField()
    price = PriceSerializer(required=False, help_text="Where shifts are cancelled.")


class PullSerializer(serializers.Serializer):
    """Why a place is taken back."""

    words = serializers.CharField(max_length=200, allow_blank=True, help_text="The person is told.")


class PulledSerializer(serializers.Serializer):
    """A place that was taken back, and what is owed for it (null: it was early enough)."""

    id = serializers.IntegerField()
    status = serializers.CharField()
    owed = serializers.IntegerField(allow_null=True, help_text="In minor units.")
    currency = serializers.CharField()


class AtRiskSerializer(serializers.Serializer):
    """A shift that may lack people, and how many by each rule."""

    shift = serializers.IntegerField(source="shift.pk")
    queue = serializers.CharField(source="shift.queue.code", default=None, allow_null=True, help_text="null: standby.")
    starts_at = serializers.DateTimeField(source="shift.starts_at")
    ends_at = serializers.DateTimeField(source="shift.ends_at")
    unfilled = serializers.IntegerField(help_text="Places that nobody holds, close to the start.")
    leaving = serializers.IntegerField(help_text="People held until replaced.")
    unconfirmed = serializers.IntegerField(help_text="People who have not said again that they come.")
    absent = serializers.IntegerField(help_text="People who have not come.")


class PromisesSerializer(serializers.Serializer):
    """How reliable a department was to people in 90 days."""

    places = serializers.IntegerField(help_text="Places promised.")
    broken = serializers.IntegerField(help_text="Of them taken back late.")
    reliability = serializers.FloatField(allow_null=True)
    owed = serializers.DictField(child=serializers.IntegerField(), help_text="In minor units, by currency.")


class LendingSerializer(serializers.ModelSerializer):
    """A department's consent to lend people."""

    lender = serializers.SlugRelatedField("name", queryset=Department.objects.all())
    borrower = serializers.SlugRelatedField(
        "name", queryset=Department.objects.all(), required=False, allow_null=True, help_text="null: any."
    )
    agent = serializers.SlugRelatedField(
        "code", queryset=Agent.objects.all(), required=False,
        allow_null=True, help_text="null: everybody of the department.",
    )  # fmt: skip
    since = serializers.DateTimeField(source="period.lower")
    until = serializers.DateTimeField(source="period.upper", required=False, allow_null=True)

    class Meta:
        model = Lending
        fields = ["id", "lender", "borrower", "agent", "since", "until", "recalled_at"]
        read_only_fields = ["recalled_at"]


class RecalledSerializer(serializers.Serializer):
    """How many bookings were taken back."""

    bookings = serializers.IntegerField()


def _pause(pause: dict[str, Any]) -> tuple[float, float, bool]:
    start: datetime = pause["starts_at"]
    return start.timestamp(), pause["ends_at"].timestamp(), pause["paid"]


def said_of(shift: Shift) -> dict[str, Any]:
    """A shift in the words of `PlanSerializer`, for changing a part of it."""
    owner = {"queue": shift.queue.code} if shift.queue else {"department": str(shift.department)}
    return owner | {
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "places": shift.places,
        "work_place": shift.work_place,
        "site": shift.site.name if shift.site else None,
        "breaks": pauses(shift.breaks),
        "pay_per_hour": shift.pay_per_hour,
        "bonus_per_hour": shift.bonus_per_hour,
        "notes": shift.notes,
        "kinds": shift.kinds,
        "claim_from": shift.claim_from and shift.claim_from.isoformat(),
        "claim_until": shift.claim_until and shift.claim_until.isoformat(),
        "skills": dict(shift.asks_skills.values_list("skill__name", "level")),
        "certifications": list(shift.asks_certifications.values_list("certification__name", flat=True)),
    }
