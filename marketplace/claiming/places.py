"""Places that come free: what an agent who waits for one is judged by, and for how long it is kept."""

from dataclasses import replace
from datetime import datetime, timedelta

from marketplace.claiming.facts import Facts

SHARE_OF_THE_REST = 12
"""An offer lasts at most this part of the time that is left until the shift starts: half an hour at six hours, five
minutes at one."""
SHORTEST = timedelta(minutes=2)
"""Nobody is asked for less; so near the start the place is for whoever comes first."""


def with_a_place(facts: Facts) -> Facts:
    """The same facts as if somebody had left a place of the shift, and the seat that goes with it."""
    shift = facts.shift
    seats = None if shift.seats_left is None else shift.seats_left + 1
    return replace(facts, shift=replace(shift, taken=min(shift.taken, shift.places - 1), seats_left=seats))


def offer_ends(*, now: datetime, latest: datetime, usual: timedelta) -> datetime | None:
    """When an offer made now ends: after `usual`, sooner near the start; None if too little time is left.

    `latest` is when the place must have found somebody: the start of the shift, or when its holder is expected to come.
    """
    left = latest - now
    if left < SHORTEST:
        return None
    return now + min(usual, max(SHORTEST, left / SHARE_OF_THE_REST))
