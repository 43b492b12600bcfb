"""Waiting lists, offers and swaps: how far each is, and why it goes no further."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class WaitState(TextChoices):
    """What became of a place in the line for a full shift."""

    WAITING = "waiting", _("waiting")
    SERVED = "served", _("got a place")
    LEFT = "left", _("left the waiting list")
    DECLINED = "declined", _("said no")
    MISSED = "missed", _("did not answer in time")


class OfferState(TextChoices):
    """What became of a place that was kept for somebody."""

    OPEN = "open", _("waits for an answer")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")


class WaitRefusal(TextChoices):
    """Why nobody can wait, or take what was offered."""

    NOT_FULL = "shift_not_full", _("A place is free: claim it.")
    SAID_NO = "said_no", _("You said no to this shift. You can still claim it if a place is open to everyone.")
    HOLDS = "booking_held", _("You hold a place in this shift.")
    NOT_WAITING = "not_waiting", _("You are not on this waiting list.")
    OFFER_OVER = "offer_over", _("This offer is over.")


class SwapState(TextChoices):
    """What became of a swap."""

    ASKED = "asked", _("waits for an answer")
    ACCEPTED = "accepted", _("waits for a dispatcher")
    DONE = "done", _("done")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REJECTED = "rejected", _("rejected by a dispatcher")
    EXPIRED = "expired", _("expired")


LIVE_SWAPS = (SwapState.ASKED, SwapState.ACCEPTED)
"""Of these a booking has at most one."""


class SwapRefusal(TextChoices):
    """Why a swap can't be asked for, answered or approved."""

    OVER = "swap_over", _("This swap is over.")
    ASKED = "swap_asked", _("A swap of this shift is under way. Withdraw that one first.")
    GONE = "swap_gone", _("One of the two shifts is not held any more.")
    COLLEAGUE = "colleague_cannot", _("The rules do not let your colleague take this shift.")
    IN_RETURN = "swap_in_return", _("Your colleague wants a shift of yours for it. Choose one to give.")
    YOURSELF = "swap_with_yourself", _("Choose a colleague.")
