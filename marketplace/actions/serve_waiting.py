"""What the clock does for those who wait: offers nobody answered go on, and places left over find those who wait.

Right however late or often it runs; a shift that another run, or a person, is at work on is looked at next time.
"""

from datetime import datetime

from django.db import connection, transaction

from marketplace.actions.offers import count_one_more, end_offer, give_to_next, offer_next
from marketplace.models import Booking, Offer, Shift
from marketplace.vocabulary import BookingState, OfferState, ShiftState

ACTOR = "clock"

WITH_ROOM = """
SELECT s.id FROM marketplace_shift s
WHERE s.status = 'open' AND s.starts_at > %(now)s
  AND EXISTS (SELECT FROM marketplace_waitingplace w WHERE w.shift_id = s.id AND w.status = 'waiting'
    AND NOT EXISTS (SELECT FROM marketplace_offer o WHERE o.place_id = w.id AND o.status = 'open'))
  AND (s.taken < s.places OR EXISTS (SELECT FROM marketplace_booking b WHERE b.shift_id = s.id
    AND b.status = 'releasing'
    AND NOT EXISTS (SELECT FROM marketplace_offer o WHERE o.replaces_id = b.id AND o.status = 'open')))
ORDER BY s.starts_at, s.id
"""


def expire_offers(*, now: datetime) -> int:
    """End the offers whose time is over and pass their places on; how many."""
    due = Offer.objects.filter(status=OfferState.OPEN, expires_at__lte=now)
    return sum(_expire(shift_id, now=now) for shift_id in sorted(set(due.values_list("shift_id", flat=True))))


def serve_waiting(*, now: datetime) -> int:
    """Offer every place that is open, or waits for a replacement, to those who wait for it; how many offers.

    Places that come free are offered at once (`offers.pass_on`). Left over are places that were added, and those of
    shifts whose waiting people could not take them at the time.
    """
    with connection.cursor() as cursor:
        cursor.execute(WITH_ROOM, {"now": now})
        shift_ids = [row[0] for row in cursor.fetchall()]
    return sum(_serve(shift_id, now=now) for shift_id in shift_ids)


@transaction.atomic(durable=True)
def _expire(shift_id: int, *, now: datetime) -> int:
    if not _lock(shift_id):
        return 0
    over = Offer.objects.filter(shift_id=shift_id, status=OfferState.OPEN, expires_at__lte=now)
    offers = list(over.order_by("pk").select_for_update())
    for offer in offers:
        end_offer(offer, status=OfferState.EXPIRED, kind="offer.expired", actor=ACTOR, now=now)
    for offer in offers:
        give_to_next(offer, actor=ACTOR, now=now)
    return len(offers)


@transaction.atomic(durable=True)
def _serve(shift_id: int, *, now: datetime) -> int:
    shift = _lock(shift_id)
    return 0 if shift is None else serve_shift(shift, actor=ACTOR, now=now)


def serve_shift(shift: Shift, *, actor: str, now: datetime) -> int:
    """Offer what is open in this locked shift to those who wait; how many offers. For whoever adds places, too."""
    if shift.status != ShiftState.OPEN:
        return 0
    made = 0
    for _ in range(shift.places - shift.taken):
        if not offer_next(shift.pk, replaces=None, actor=actor, now=now):
            return made
        count_one_more(shift.pk)
        made += 1
    leaving = Booking.objects.filter(shift=shift, status=BookingState.RELEASING)
    for booking in leaving.exclude(offers__status=OfferState.OPEN).order_by("releasing_at", "pk"):
        if not offer_next(shift.pk, replaces=booking, actor=actor, now=now):
            break
        made += 1
    return made


def _lock(shift_id: int) -> Shift | None:
    return Shift.objects.select_for_update(skip_locked=True).filter(pk=shift_id).first()
