"""Money and days of shifts as people read them."""

from datetime import datetime, timedelta

from django import template
from django.utils.formats import number_format

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
def until_day(end: datetime) -> datetime:
    """The last instant before the end: a period that ends at midnight ends the day before."""
    return end - timedelta(microseconds=1)
