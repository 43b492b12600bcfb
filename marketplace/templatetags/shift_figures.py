"""Money and days of shifts as people read them."""

from datetime import datetime, time, timedelta

from django import template
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

register = template.Library()
WITHOUT_CENTS = frozenset({"JPY", "KRW", "CLP", "ISK", "VND"})


@register.filter
def money(minor: int | None, currency: str) -> str:
    """123456 and EUR → `EUR 1,235`; below a thousand with cents."""
    if minor is None:
        return "—"
    amount = minor if currency in WITHOUT_CENTS else minor / 100
    digits = 0 if currency in WITHOUT_CENTS or abs(amount) >= 1000 else 2
    return f"{currency} {number_format(round(amount, digits), digits, force_grouping=True)}"


@register.filter
def hours(seconds: int) -> str:
    """13800 → `3 h 50 min`, 2700 → `45 min`."""
    whole, minutes = divmod(round(seconds / 60), 60)
    if not whole:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": whole, "minutes": minutes}


@register.filter
def span_of(period: DateTimeTZRange) -> str:
    """`Mon 7 Dec – Fri 11 Dec` for whole days in the reader's zone, else with the times."""
    start, end = localtime(period.lower), localtime(period.upper)
    if start.time() == end.time() == time.min:
        first, last = date_format(start, "D j M"), date_format(until_day(end), "D j M")
        return first if first == last else f"{first} – {last}"
    return f"{date_format(start, 'D j M H:i')} – {date_format(end, 'D j M H:i')}"


@register.filter
def until_day(end: datetime) -> datetime:
    """The last instant before the end: a period that ends at midnight ends the day before."""
    return end - timedelta(microseconds=1)
