"""Figures as people read them on the screens. What is not known is a dash."""

from datetime import UTC, datetime, timedelta

from django import template
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

register = template.Library()
UNKNOWN = "—"
MINUS = "−"


@register.filter
def percent(share: float | None) -> str:
    """0.794 → `79 %`. Never rounds up to 100: one contact missed is not none."""
    if share is None:
        return UNKNOWN
    return f"{percent_number(share)} %"


@register.filter
def percent_number(share: float | None) -> int:
    """0.794 → 79, for a meter; 0 where there is no figure."""
    if share is None:
        return 0
    rounded = round(100 * share)
    return 99 if rounded == 100 and share < 1 else rounded


@register.filter
def sureness(share: float) -> str:
    """0.97 → `sure 97 %`. A surge that is likelier over than not is `easing`, and ends a little later."""
    return gettext("sure %(share)s") % {"share": percent(share)} if share >= 0.5 else gettext("easing")


@register.filter
def span(seconds: float | None) -> str:
    """168 → `2:48`, 4200 → `1 h 10`; a dash for nothing."""
    if not seconds:
        return UNKNOWN
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    return gettext("%(hours)d h %(minutes)02d") % {"hours": whole // 3600, "minutes": whole % 3600 // 60}


@register.filter
def signed(number: float | None) -> str:
    """3 → `+3`, −12 → `−12`, 0 → `±0`."""
    if number is None:
        return ""
    if number == 0:
        return "±0"
    return f"+{number}" if number > 0 else f"{MINUS}{-number}"


@register.filter
def contacts(number: float | None) -> str:
    """3.14 → `3.1`: expected contacts."""
    if number is None:
        return UNKNOWN
    digits = 1 if abs(number) < 99.95 else 0
    return number_format(round(number, digits), digits)  # Django's cuts off where people round


@register.filter
def worth(number: float) -> str:
    """As `contacts`, with the sign of a gain or a cost."""
    text = contacts(abs(number))
    return text if text == contacts(0.0) else f"{'+' if number > 0 else MINUS}{text}"


@register.filter
def minus(left: float, right: float) -> float:
    """The difference."""
    return left - right


@register.filter
def lookup(table: dict[object, object], key: object) -> object:
    """The value under this key; empty where there is none."""
    return table.get(key, "")


@register.filter
def first_name(name: str) -> str:
    """Ada Conti → Ada."""
    return name.split(" ", 1)[0]


@register.filter
def day(instant: datetime, now: datetime) -> str:
    """`Today`, `Tomorrow`, or the weekday and date, in the reader's zone."""
    there, here = localtime(instant).date(), localtime(now).date()
    if there == here:
        return gettext("Today")
    if there == here + timedelta(days=1):
        return gettext("Tomorrow")
    return date_format(there, "D j M")


@register.filter
def on_day(instant: datetime, now: datetime) -> str:
    """As `day`, within a sentence: `today`, `tomorrow`, `Tue 12 May`."""
    there, here = localtime(instant).date(), localtime(now).date()
    if there == here:
        return gettext("today")
    if there == here + timedelta(days=1):
        return gettext("tomorrow")
    return date_format(there, "D j M")


@register.filter
def left(until: datetime, now: datetime) -> str:
    """How long until then, a begun minute included: `12 min`, `1 h 05 min`; nothing left is `0 min`."""
    hours, minutes = divmod(max(0, -((now - until) // timedelta(minutes=1))), 60)
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    return gettext("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


@register.filter
def unlocalised(number: float) -> str:
    """12.5 → `12.5` in every language: for coordinates and numbers of rows."""
    return str(number) if isinstance(number, int) else f"{number:g}"


@register.filter
def size(number: float) -> float:
    """The number without its sign."""
    return abs(number)


@register.filter
def lacking(gap: int | None) -> str:
    """Need less staffed as people read it: 3 → `−3`, missing; −2 → `+2`, to spare; a dash where it is not known."""
    return UNKNOWN if gap is None else signed(-gap)


@register.filter
def clock(instant: float) -> str:
    """Epoch seconds → `14:30`, in the reader's zone."""
    return date_format(localtime(datetime.fromtimestamp(instant, UTC)), "H:i")


@register.filter
def moment(instant: float) -> str:
    """Epoch seconds → `14:30`, with the day if that is not today."""
    local = localtime(datetime.fromtimestamp(instant, UTC))
    return date_format(local, "H:i" if local.date() == localtime().date() else "D j, H:i")


@register.filter
def hundredfold(share: float) -> str:
    """0.975 → `97.5`."""
    return f"{100 * share:g}"


@register.filter
def change(ratio: float) -> str:
    """1.224 → `22 %`, 0.9 → `10 %`: how far from one, whichever way."""
    return f"{abs(100 * (ratio - 1)):.0f} %"
