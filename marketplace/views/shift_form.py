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
from marketplace.templatetags.shift_figures import WITHOUT_CENTS
from marketplace.vocabulary import WorkPlace
from skills.models import Certification, Skill

RAISED = 3
"""Skills that the form can raise; the API takes any number."""
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ShiftForm(forms.Form):
    """One shift of a department. An end that is not after the start is on the next day."""

    queue = forms.ChoiceField(label=gettext_lazy("Queue"))
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    starts = forms.TimeField(label=gettext_lazy("From"), widget=TIME)
    ends = forms.TimeField(label=gettext_lazy("Until"), widget=TIME)
    places = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=9999)
    work_place = forms.ChoiceField(label=gettext_lazy("Work place"), choices=WorkPlace.choices)
    site = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=Site.objects.all(), required=False)
    pay_per_hour = forms.DecimalField(label=gettext_lazy("Pay an hour"), min_value=Decimal("0.01"), max_digits=9)
    bonus_per_hour = forms.DecimalField(label=gettext_lazy("Bonus an hour"), min_value=0, max_digits=9, required=False)
    break_starts = forms.TimeField(label=gettext_lazy("Break from"), widget=TIME, required=False)
    break_minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=5, max_value=240, required=False)
    break_paid = forms.BooleanField(label=gettext_lazy("The break is paid"), required=False)
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

    def __init__(self, *args: Any, department: Department, shift: Shift | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department, self.shift = department, shift
        self.currency = policy_of(department.pk).currency
        self.minor = Decimal(1 if self.currency in WITHOUT_CENTS else 100)
        queues = Queue.objects.filter(department=department, is_active=True).order_by("name")
        self.fields["queue"].choices = [*((str(queue.pk), queue.name) for queue in queues), ("", _("Standby"))]
        self.fields["queue"].required = False
        for number in range(RAISED):
            self.fields[f"skill_{number}"] = forms.ModelChoiceField(
                label=_("Skill"), queryset=Skill.objects.all(), required=False
            )
            self.fields[f"level_{number}"] = forms.IntegerField(
                label=_("Level"), min_value=1, max_value=5, required=False
            )

    @property
    def raised(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Skill and level, pair by pair."""
        return [(self[f"skill_{number}"], self[f"level_{number}"]) for number in range(RAISED)]

    @property
    def one_break(self) -> bool:
        """The form shows one break; a shift with more keeps them."""
        return self.shift is None or len(self.shift.breaks) < 2

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
                for number in range(RAISED)
                if said[f"skill_{number}"]
            },
            certification_ids=frozenset(one.pk for one in said["certifications"]),
        )

    def _breaks(self, start: datetime) -> tuple[tuple[float, float, bool], ...]:
        said = self.cleaned_data
        if self.shift is not None and not self.one_break:
            return figures_of(self.shift).breaks  # type: ignore[return-value]  # JSON has lists for tuples
        if not (said["break_starts"] and said["break_minutes"]):
            return ()
        begin = _at(said["day"], said["break_starts"])
        if begin < start:
            begin = _at(said["day"] + timedelta(days=1), said["break_starts"])
        since = begin.timestamp()
        return ((since, since + 60 * said["break_minutes"], said["break_paid"]),)


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
    for number, (skill, level) in enumerate(sorted(figures.skills.items())[:RAISED]):
        initial |= {f"skill_{number}": skill, f"level_{number}": level}
    if shift.breaks:
        begin, stop, paid = shift.breaks[0]
        at = localtime(datetime.fromtimestamp(begin, tz=shift.starts_at.tzinfo))
        initial |= {"break_starts": at.time(), "break_minutes": round((stop - begin) / 60), "break_paid": paid}
    return initial


def _at(day: date, at: time) -> datetime:
    """The instant; in UTC, so that what is later is later although the clock was put back."""
    local = timezone.make_aware(datetime.combine(day, at))
    return local.astimezone(UTC)
