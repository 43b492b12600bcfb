"""Rows of a form for opening by tiers: how reliable, and how long after its opening a shift opens to them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST = 20
"""Rows that are read."""
LEAST_SHOWN, SPARE = 4, 1
YEAR = 525_600
"""Minutes of a delay, at most: as the model has it."""
HUNDRED = 100


class TierRows(forms.Widget):
    """Pairs of numbers: per cent of reliability, and minutes. Empty rows at the end are for more."""

    template_name = "marketplace/admin/tiers.html"
    use_fieldset = True

    def decompress(self, value: Sequence[Sequence[Any]] | None) -> list[str]:
        """What stands in the fields, row by row."""
        parts = [str(part) for row in value or () for part in row]
        rows = max(LEAST_SHOWN, len(parts) // 2 + SPARE)
        return parts + [""] * (2 * min(rows, MOST) - len(parts))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the rows, each with the names of its two fields."""
        context = super().get_context(name, value, attrs)
        fields = [(f"{name}_{number}", part) for number, part in enumerate(self.decompress(value))]
        pairs = zip(fields[::2], fields[1::2], strict=True)
        context["widget"]["rows"] = [{"least": least, "minutes": minutes} for least, minutes in pairs]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[tuple[str, str]]:
        """The rows in which something stands."""
        parts = [str(data.get(f"{name}_{number}", "")).strip() for number in range(2 * MOST)]
        return [(least, minutes) for least, minutes in zip(parts[::2], parts[1::2], strict=True) if least or minutes]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether the form was sent without any of them."""
        return f"{name}_0" not in data


class TiersField(forms.Field):
    """As the policy keeps them: pairs of a reliability from 0 to 1 and minutes."""

    widget = TierRows

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Opening to the most reliable first"))
        kwargs.setdefault(
            "help_text",
            gettext_lazy(
                "For shifts that open that way. Whoever is below every row waits as long as the longest of them. Empty"
                " both fields of a row to remove it."
            ),
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """0.95 → `95`; what was typed stays as it was typed."""
        rows = value if isinstance(value, list) else []
        if any(isinstance(row, tuple) for row in rows):
            return rows
        return [(f"{HUNDRED * least:.10g}", f"{minutes:.10g}") for least, minutes in rows]

    def clean(self, value: Any) -> list[list[float]]:
        """The pairs. Raises `ValidationError` with a sentence for each row that makes no sense."""
        if not value:
            raise ValidationError(_("Fill in one row or more."))
        tiers, wrong = [], []
        for number, (least, minutes) in enumerate(value, start=1):
            share, delay = _number(least), _number(minutes)
            if share is None or not 0 <= share <= HUNDRED:
                wrong.append(_("Row %(row)d: give a reliability from 0 to 100 %%.") % {"row": number})
            elif delay is None or not 0 <= delay <= YEAR:
                wrong.append(_("Row %(row)d: give minutes, from 0 to a year.") % {"row": number})
            else:
                tiers.append([round(share / HUNDRED, 12), delay])
        if len({least for least, _minutes in tiers}) < len(tiers):
            wrong.append(_("Two rows begin at the same reliability: keep one of them."))
        if wrong:
            raise ValidationError(wrong)
        return tiers


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number
