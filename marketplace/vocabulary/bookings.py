"""Bookings: what an agent's hold on a place is, how it came about, and what stands against a change of it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BookingState(TextChoices):
    """What an agent's hold on a place is."""

    REQUESTED = "requested", _("asked for")
    HELD = "held", _("held")
    RELEASING = "releasing", _("held until replaced")
    CHECKED_IN = "checked_in", _("checked in")
    WORKED = "worked", _("worked")
    RELEASED = "released", _("given back")
    PULLED = "pulled", _("taken back by the organisation")
    EXCUSED = "excused", _("excused")
    NO_SHOW = "no_show", _("did not come")
    NOT_DRAWN = "not_drawn", _("not drawn")


BOUND_STATES = (BookingState.HELD, BookingState.RELEASING, BookingState.CHECKED_IN)
"""In these an agent is expected at work: they never overlap, and each takes a place."""


LIVE_STATES = (BookingState.REQUESTED, *BOUND_STATES)
"""In these there is something to wait for: at most one for each agent and shift."""


class BookingSource(TextChoices):
    """How a booking came about."""

    CLAIM = "claim", _("claimed")
    DRAW = "draw", _("drawn")
    OFFER = "offer", _("from the waiting list")
    SWAP = "swap", _("swapped")
    DISPATCHER = "dispatcher", _("by a dispatcher")


class BookingRefusal(TextChoices):
    """Why a booking can't be undone, given back, checked in or marked."""

    NOT_HELD = "booking_not_held", _("You do not hold this place any more.")
    UNDO_OVER = "undo_over", _("The time for undoing is over. Give the place back instead.")
    SHIFT_BEGUN = "shift_begun", _("The shift has begun.")
    ALREADY_RELEASING = "booking_releasing", _("This place is held until somebody takes it over.")
    CHECK_IN_EARLY = "check_in_early", _("Check-in is not open yet.")
    CHECK_IN_OVER = "check_in_over", _("The shift is over.")
    CONFIRM_EARLY = "confirm_early", _("You are asked to confirm shortly before the shift.")
    NO_MARK = "no_mark", _("There is no mark to appeal.")
    APPEALED = "appealed", _("You have appealed this already.")
    APPEAL_EMPTY = "appeal_empty", _("Say why the mark is not deserved.")
    DECIDED = "appeal_decided", _("This appeal was decided already.")
    ON_DUTY = "on_duty", _("You are on duty already. Sign off first.")


BOOKING_TRANSITIONS: dict[str, frozenset[str]] = {
    BookingState.REQUESTED: frozenset(
        {BookingState.HELD, BookingState.NOT_DRAWN, BookingState.RELEASED, BookingState.PULLED}
    ),
    BookingState.HELD: frozenset(
        {
            BookingState.RELEASING,
            BookingState.CHECKED_IN,
            BookingState.RELEASED,
            BookingState.PULLED,
            BookingState.EXCUSED,
            BookingState.NO_SHOW,
        }
    ),
    BookingState.RELEASING: frozenset(
        {
            BookingState.HELD,
            BookingState.CHECKED_IN,
            BookingState.RELEASED,
            BookingState.PULLED,
            BookingState.EXCUSED,
            BookingState.NO_SHOW,
        }
    ),
    BookingState.CHECKED_IN: frozenset({BookingState.WORKED}),
    BookingState.WORKED: frozenset({BookingState.CHECKED_IN}),
    BookingState.RELEASED: frozenset(),
    BookingState.PULLED: frozenset(),
    BookingState.EXCUSED: frozenset(),
    BookingState.NOT_DRAWN: frozenset(),
    BookingState.NO_SHOW: frozenset({BookingState.EXCUSED, BookingState.CHECKED_IN}),
}
"""From each state of a booking to those that may follow. Whoever signs on again reopens what was worked; who comes
late after being marked as absent is checked in all the same; an appeal that is upheld excuses."""
