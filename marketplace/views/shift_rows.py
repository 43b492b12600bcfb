"""How one open shift reads in the agent's list.

A page has up to 200 of them: each word is made once a page, and the template is rendered once for each shape of row.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from django.urls import reverse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.queries.open_shifts import OpenShift, ShiftLine
from marketplace.queries.reasons import Speaker
from marketplace.templatetags.shift_figures import money
from marketplace.views.shapes import Shapes
from marketplace.views.ways_out import told
from marketplace.vocabulary import WorkPlace

TEMPLATE = "marketplace/open_shifts/row.html"


def rows_html(shifts: Sequence[OpenShift]) -> dict[str, str]:
    """Each shift's row by its id in the page."""
    shapes, words = Shapes(TEMPLATE), _Words()
    return {f"shift-{one.shift.pk}": shapes.fill(words.of(one)) for one in shifts}


class _Words:
    """What the rows of one page say; what many of them say is put in words once."""

    def __init__(self) -> None:
        zone = get_current_timezone()
        self._clock = cache(lambda instant: f"{instant.astimezone(zone):%H:%M}")
        self._money, self._left, self._liked, self._where = cache(money), cache(_left), cache(_liked), cache(_where)
        self._speaker = Speaker()
        self._address = {name: reverse(name, args=[0]) for name in ("claim", "join_waiting", "ask_for_place")}

    def of(self, one: OpenShift) -> dict[str, object]:
        """The words of one row."""
        shift, bonus = one.shift, one.bonus
        return {
            "number": str(shift.pk),
            "hours": self._hours(one.starts_at, one.ends_at),
            "pay": self._money(one.facts.shift.pay, shift.currency),
            "bonus": self._money(bonus, shift.currency) if bonus else "",
            "where": self._where(shift.queue, shift.department, shift.work_place, shift.site),
            "left": self._left(one.places_left) if one.facts.shift.offer is None else _("Kept for you"),
            "notes": shift.notes,
            "suits": one.suits,
            "liked": self._liked(one.likes_queue, one.likes_place),
            "mine": one.mine,
            "reasons": [told(reason, self._speaker) for reason in one.reasons],
            "waiting": one.waiting and not one.claimable,
            "asked": one.asked,
            "wait": self._at("join_waiting", shift) if one.can_wait else "",
            "ask": self._at("ask_for_place", shift) if one.can_ask else "",
            "claim": self._at("claim", shift),
        }

    def _hours(self, start: datetime, end: datetime) -> str:
        return f"{self._clock(start)}–{self._clock(end)}"

    def _at(self, name: str, shift: ShiftLine) -> str:
        return self._address[name].replace("/0/", f"/{shift.pk}/")


def _left(number: int) -> str:
    return ngettext("%(number)d place left", "%(number)d places left", number) % {"number": number}


def _liked(queue: bool, place: bool) -> str:
    if queue and place:
        return _("A queue and a place you like")
    return _("A queue you like") if queue else _("A place you like") if place else ""


def _where(queue: str | None, department: str | None, work_place: str, site: str | None) -> str:
    """`Cards · Milan`: what for, and where it is worked."""
    what = queue or _("Standby %(department)s") % {"department": department}
    place = _("from home") if work_place == WorkPlace.HOME else site or _("on site")
    return f"{what} · {place}"
