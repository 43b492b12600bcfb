"""How often one address may ask for what needs no sign-in; counted in the shared cache, for all processes alike."""

from datetime import datetime

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def too_often(request: HttpRequest, *, what: str, most: int, seconds: int, now: datetime) -> bool:
    """Whether this caller has asked for `what` more than `most` times in this window of `seconds`.

    Two requests at the very same moment may count as one: it is a brake, not a gate.
    """
    window = int(now.timestamp()) // seconds
    key = f"rate:{what}:{get_adapter().get_client_ip(request)}:{window}"
    cache.add(key, 0, timeout=2 * seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # it was pushed out of the cache this very moment
        return False
