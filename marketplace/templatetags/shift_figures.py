"""Money and days of shifts as people read them."""

from datetime import datetime, time, timedelta

from django import template
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

from marketplace.templatetags.figures import MINUS

register = template.Library()
WITHOUT_CENTS = frozenset({"JPY", "KRW", "CLP", "ISK", "VND"})
SYMBOLS = {
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "BRL": "R$",
    "CAD": "CA$",
    "AUD": "A$",
}
"""Of currencies that people know by their sign; others are written by their code."""


@register.filter
def money(minor: float | None, currency: str) -> str:
    """123456 and EUR → `€1,235`; below a thousand with cents: `€72.00`."""
    if minor is None:
        return "—"
    amount = minor if currency in WITHOUT_CENTS else minor / 100
    return _priced(amount, 0 if currency in WITHOUT_CENTS or abs(amount) >= 1000 else 2, currency)


@register.filter
def round_money(minor: float, currency: str) -> str:
    """123456 and EUR → `€1,235`, never with cents: for sums that are an estimate."""
    return _priced(minor if currency in WITHOUT_CENTS else minor / 100, 0, currency)


def _priced(amount: float, digits: int, currency: str) -> str:
    number = number_format(round(abs(amount), digits), digits, force_grouping=True)
    sign = MINUS if round(amount, digits) < 0 else ""
    if currency not in SYMBOLS:
        return f"{sign}{currency}\u00a0{number}"
    # translators: an amount of money; where your language writes the sign behind, put it there
    words = pgettext("money", "%(symbol)s%(number)s")
    return sign + words % {"symbol": SYMBOLS[currency], "number": number}


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
