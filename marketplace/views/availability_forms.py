"""The plain forms beside the week: exact hours, single periods."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.claiming.weekly import Weekly
from marketplace.models.days import IN_OUR_TIME
from marketplace.vocabulary import AvailabilityKind

WEEKDAYS = [
    (0, gettext_lazy("Monday")), (1, gettext_lazy("Tuesday")), (2, gettext_lazy("Wednesday")),
    (3, gettext_lazy("Thursday")), (4, gettext_lazy("Friday")), (5, gettext_lazy("Saturday")),
    (6, gettext_lazy("Sunday")),
]  # fmt: skip
FREE = "nothing"


def date_field(label: Any) -> forms.DateField:
    """A day that may be left out."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, validators=IN_OUR_TIME)


class NaiveDateTimeField(forms.DateTimeField):
    """What a wall clock reads: which instant that is depends on the agent's zone and the night."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 300}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Without a zone."""
        found = super().to_python(value)
        return found.replace(tzinfo=None) if found else found

    def run_validators(self, value: Any) -> None:
        """Of its day, too."""
        super().run_validators(value)
        for validator in IN_OUR_TIME if value else ():
            validator(value.date())


class WeeklyForm(forms.Form):
    """Hours of some weekdays, every week; an end that is not after the start is the next day's."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"), choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    start = forms.TimeField(label=gettext_lazy("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    end = forms.TimeField(label=gettext_lazy("To"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    since = date_field(gettext_lazy("First day"))
    until = date_field(gettext_lazy("Last day"))

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        figures = super().clean() or {}
        since, until = figures.get("since"), figures.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first."))
        return figures

    def weekly(self) -> list[Weekly]:
        """One a weekday; the last day counts."""
        said = self.cleaned_data
        until = said["until"] and said["until"].fromordinal(said["until"].toordinal() + 1)
        return [Weekly(day, said["start"], said["end"], said["since"], until or None) for day in said["weekdays"]]


class OnceForm(forms.Form):
    """One period by the agent's clock."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Then I am"), choices=[*AvailabilityKind.choices, (FREE, gettext_lazy("say nothing of it"))]
    )
    start = NaiveDateTimeField(label=gettext_lazy("From"))
    end = NaiveDateTimeField(label=gettext_lazy("To"))
    note = forms.CharField(label=gettext_lazy("Note to yourself"), required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        """The end is after the start."""
        figures = super().clean() or {}
        start, end = figures.get("start"), figures.get("end")
        if start and end and end <= start:
            self.add_error("end", _("The end is not after the start."))
        return figures

    def said(self) -> AvailabilityKind | None:
        """What is said of it; None: nothing."""
        kind = self.cleaned_data["kind"]
        return None if kind == FREE else AvailabilityKind(kind)
