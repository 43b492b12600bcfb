"""A shift as a form says it, by the reader's clock and in whole money, and as actions want it."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigcx.accounts.models import AgentKind, Department, Site
from marketplace.actions.shift_figures import ShiftFigures, figures_of
from marketplace.actions.work_proposals import policy_of
from marketplace.models import Queue, Shift
from marketplace.models.days import IN_OUR_TIME
from marketplace.templatetags.shift_figures import WITHOUT_CENTS
from marketplace.views.shift_form_rows import FOCUS, KINDS, rows_in
from marketplace.vocabulary import WorkPlace
from skills.models import Certification, Skill

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ShiftForm(forms.Form):
    """One shift of a department. An end that is not after the start is on the next day."""

    queue = forms.ChoiceField(label=gettext_lazy("Queue"))
    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), validators=IN_OUR_TIME
    )
    starts = forms.TimeField(label=gettext_lazy("From"), widget=TIME)
    ends = forms.TimeField(label=gettext_lazy("Until"), widget=TIME)
    places = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=9999)
    work_place = forms.ChoiceField(label=gettext_lazy("Work place"), choices=WorkPlace.choices)
    site = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=Site.objects.all(), required=False)
    pay_per_hour = forms.DecimalField(label=gettext_lazy("Pay an hour"), min_value=Decimal("0.01"), max_digits=9)
    bonus_per_hour = forms.DecimalField(label=gettext_lazy("Bonus an hour"), min_value=0, max_digits=9, required=False)
    notes = forms.CharField(label=gettext_lazy("Notes for those who claim it"), max_length=400, required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Open to"), choices=AgentKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    certifications = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Certifications asked for too"), queryset=Certification.objects.all(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    claim_from = forms.DateTimeField(label=gettext_lazy("Claiming from"), widget=MOMENT, required=False)
    claim_until = forms.DateTimeField(label=gettext_lazy("Claiming until"), widget=MOMENT, required=False)

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        self.currency = policy_of(department.pk).currency
        self.minor = minor_of(department)
        queues = Queue.objects.filter(department=department, is_active=True).order_by("name")
        self.fields["queue"].choices = [*((str(queue.pk), queue.name) for queue in queues), ("", _("Standby"))]
        self.fields["queue"].required = False
        said = self.data if self.is_bound else self.initial
        self.skill_count, self.break_count = rows_in(said, kind="skill"), rows_in(said, kind="break")
        for number in range(self.skill_count):
            self._add_skill(number)
        for number in range(self.break_count):
            self._add_break(number)
        if (focus := self.initial.get(FOCUS)) in self.fields:
            self.fields[focus].widget.attrs["autofocus"] = True

    def _add_skill(self, number: int) -> None:
        self.fields[f"skill_{number}"] = forms.ModelChoiceField(
            label=_("Skill"), queryset=Skill.objects.all(), required=False
        )
        self.fields[f"level_{number}"] = forms.IntegerField(label=_("Level"), min_value=1, max_value=5, required=False)

    def _add_break(self, number: int) -> None:
        time = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        self.fields[f"break_starts_{number}"] = forms.TimeField(label=_("Break from"), widget=time, required=False)
        self.fields[f"break_minutes_{number}"] = forms.IntegerField(
            label=_("Minutes"), min_value=5, max_value=240, required=False
        )
        self.fields[f"break_paid_{number}"] = forms.BooleanField(label=_("The break is paid"), required=False)

    @property
    def skill_rows(self) -> list[dict[str, forms.BoundField]]:
        """Skill and level, row by row."""
        return [self._row("skill", number) for number in range(self.skill_count)]

    @property
    def break_rows(self) -> list[dict[str, forms.BoundField]]:
        """Start, minutes and whether it is paid, row by row."""
        return [self._row("break", number) for number in range(self.break_count)]

    @property
    def unusual(self) -> bool:
        """Something is said, is wrong, or is being added in the part that is folded otherwise."""
        said = ("skill_0", "certifications", "notes", "kinds", "claim_from", "claim_until")
        return bool(self.errors) or any(map(self.initial.get, said)) or "skill" in self.initial.get(FOCUS, "")

    def clean(self) -> dict[str, Any]:
        """What a row says in part is asked for in whole: nothing that was typed is dropped silently."""
        said = self.cleaned_data
        for number in range(self.break_count):
            for name, other in (("break_starts", "break_minutes"), ("break_minutes", "break_starts")):
                this, partner = f"{name}_{number}", f"{other}_{number}"
                if said.get(partner) and this in said and said[this] is None:
                    self.add_error(this, _("A break has a start and a length."))
        chosen: set[Skill] = set()
        for number in range(self.skill_count):
            skill, level = said.get(f"skill_{number}"), said.get(f"level_{number}")
            if level and f"skill_{number}" in said and not skill:
                self.add_error(f"skill_{number}", _("Choose the skill, or leave the level empty."))
            if skill in chosen:
                self.add_error(f"skill_{number}", _("This skill stands above already."))
            chosen |= {skill} if skill else set()
        return said

    def figures(self) -> ShiftFigures:
        """What valid fields say. Times are by the current zone; a time that the clock skips is an hour later."""
        said = self.cleaned_data
        start = _at(said["day"], said["starts"])
        end = _at(said["day"], said["ends"])
        if end <= start:
            end = _at(said["day"] + timedelta(days=1), said["ends"])
        site = said["site"] if said["work_place"] == WorkPlace.SITE else None
        return ShiftFigures(
            queue_id=int(said["queue"]) if said["queue"] else None,
            department_id=self.department.pk,
            starts_at=start,
            ends_at=end,
            places=said["places"],
            work_place=said["work_place"],
            site_id=site.pk if site else None,
            pay_per_hour=round(said["pay_per_hour"] * self.minor),
            bonus_per_hour=round((said["bonus_per_hour"] or 0) * self.minor),
            breaks=self._breaks(start),
            notes=said["notes"],
            kinds=tuple(said["kinds"]) if len(said["kinds"]) < len(AgentKind.choices) else (),
            claim_from=said["claim_from"],
            claim_until=said["claim_until"],
            skills={
                said[f"skill_{number}"].pk: said[f"level_{number}"] or 1
                for number in range(self.skill_count)
                if said[f"skill_{number}"]
            },
            certification_ids=frozenset(one.pk for one in said["certifications"]),
        )

    def _row(self, kind: str, number: int) -> dict[str, forms.BoundField]:
        return {name: self[f"{name}_{number}"] for name in KINDS[kind]}

    def _breaks(self, start: datetime) -> tuple[tuple[float, float, bool], ...]:
        """In order. What is earlier in the day than the shift's start is on the next day."""
        said, found = self.cleaned_data, []
        for number in range(self.break_count):
            at, minutes, paid = (said[f"{name}_{number}"] for name in KINDS["break"])
            if at is None:
                continue
            begin = _at(said["day"], at)
            if begin < start:
                begin = _at(said["day"] + timedelta(days=1), at)
            found.append((begin.timestamp(), begin.timestamp() + 60 * minutes, paid))
        return tuple(sorted(found))


def minor_of(department: Department) -> Decimal:
    """Minor units in one of the department's currency."""
    return Decimal(1 if policy_of(department.pk).currency in WITHOUT_CENTS else 100)


def initial_of(shift: Shift, *, minor: Decimal) -> dict[str, Any]:
    """What the form of a shift that is there begins with."""
    figures = figures_of(shift)
    start = localtime(shift.starts_at)
    initial = {
        "queue": str(shift.queue_id or ""), "day": start.date(), "starts": start.time(),
        "ends": localtime(shift.ends_at).time(), "places": shift.places, "work_place": shift.work_place,
        "site": shift.site_id, "pay_per_hour": shift.pay_per_hour / minor,
        "bonus_per_hour": shift.bonus_per_hour / minor, "notes": shift.notes, "kinds": shift.kinds,
        "certifications": list(figures.certification_ids), "claim_from": shift.claim_from,
        "claim_until": shift.claim_until,
    }  # fmt: skip
    for number, (skill, level) in enumerate(sorted(figures.skills.items())):
        initial |= {f"skill_{number}": skill, f"level_{number}": level}
    for number, (begin, stop, paid) in enumerate(figures.breaks):
        at = localtime(datetime.fromtimestamp(begin, tz=shift.starts_at.tzinfo))
        initial |= {
            f"break_starts_{number}": at.time(),
            f"break_minutes_{number}": round((stop - begin) / 60),
            f"break_paid_{number}": paid,
        }
    return initial


def _at(day: date, at: time) -> datetime:
    """The instant; in UTC, so that what is later is later although the clock was put back."""
    local = timezone.make_aware(datetime.combine(day, at))
    return local.astimezone(UTC)
