"""A dispatcher's word on a swap that two people agree on."""

from datetime import datetime

from django.db import transaction

from marketplace.actions.hand_over import against_both, become, change_hands, lock_swap, must_be
from marketplace.actions.refused import Refused, SwapRefused
from marketplace.models import Swap
from marketplace.vocabulary import SwapRefusal, SwapState


@transaction.atomic(durable=True)
def approve_swap(*, swap_id: int, actor: str, now: datetime) -> Swap:
    """A dispatcher's yes: the bookings change hands if the rules still let them. Again, the same answer.

    Raises `Refused`, `SwapRefused` (`own` are the giver's reasons); `Swap.DoesNotExist`.
    """
    swap, pair = lock_swap(swap_id, taker_id=None)
    if swap.status == SwapState.DONE:
        return swap
    must_be(swap, pair, (SwapState.ACCEPTED,), now=now)
    givers, takers = against_both(pair, now=now)
    if givers or takers:
        raise SwapRefused(own=givers, colleague=takers)
    swap.decided_at = now
    change_hands(swap, pair, actor=actor, now=now)
    return swap


@transaction.atomic(durable=True)
def reject_swap(*, swap_id: int, actor: str, now: datetime) -> None:
    """A dispatcher's no. Raises `Refused`; `Swap.DoesNotExist`."""
    swap = Swap.objects.select_for_update(of=("self",)).get(pk=swap_id)
    if swap.status != SwapState.ACCEPTED:
        raise Refused([SwapRefusal.OVER])
    swap.decided_at = now
    become(swap, SwapState.REJECTED, actor=actor, now=now)
