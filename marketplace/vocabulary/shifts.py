"""Shifts: where they are worked, what they are, how they open, and why they can't be planned so."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class WorkPlace(TextChoices):
    """Where a shift is worked."""

    SITE = "site", _("on site")
    HOME = "home", _("from home")


class ShiftState(TextChoices):
    """What a shift is; that it is full, running or over is for a count and the clock to say."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    CANCELLED = "cancelled", _("cancelled")


class ProposalState(TextChoices):
    """How far a search for shifts has got."""

    WAITING = "waiting", _("waiting")
    WORKING = "working", _("working")
    READY = "ready", _("ready")
    KEPT = "kept", _("kept as drafts")
    FAILED = "failed", _("failed")


class ShiftRefusal(TextChoices):
    """Why shifts can't be proposed, kept, opened or cancelled."""

    RUNNING = "proposal_running", _("Shifts are being worked out for this department already. Wait for those.")
    NOT_READY = "proposal_not_ready", _("This proposal is not ready.")
    KEPT = "proposal_kept", _("These shifts were kept as drafts already.")
    PAST = "shift_past", _("What has begun already can’t be changed any more.")
    NOT_DRAFT = "shift_not_draft", _("Only drafts can be opened: some of these are open or cancelled already.")
    CANCELLED = "shift_cancelled", _("What was cancelled can’t be changed any more.")
    NO_QUEUES = "no_queues", _("Choose at least one queue of the department that is in use.")
    PERIOD = "period", _("Choose a period of 1 to 14 days that is not over.")
    STANDBY = "standby", _("Choose 2 to 8 queues for shifts that serve several.")
    NO_PATTERNS = "no_patterns", _("Every shift pattern of this department is switched off.")


class PlanRefusal(TextChoices):
    """Why a shift can't be made, changed or filled as a dispatcher wants it; some sentences name figures."""

    PERIOD = "shift_period", _("Choose a start that is ahead, by two years at most, and an end 15 min to 24 h later.")
    BREAKS = "shift_breaks", _("Breaks lie within the shift, one after the other, and leave time to work.")
    CLAIM_PERIOD = "claim_period", _("Claiming ends after it starts, and before the shift does.")
    WORK_PLACE = "shift_work_place", _("This queue is not served from home.")
    SITE = "shift_site", _("Only a shift on site has a site.")
    TAKEN = "places_taken", _("%(taken)s places are taken: there can't be fewer.")
    HELD = "shift_held", _("People hold places: queue, times, breaks and work place stay as they were promised.")
    PAY_LESS = "pay_less", _("People hold places: what they are paid is not lowered.")
    ASKS_MORE = "asks_more", _("People hold places: nothing more is asked of them afterwards.")
    SEATS = "site_seats", _("%(site)s has %(seats)s seats; on %(at)s it would take %(people)s.")
    CHECKED_IN = "shift_checked_in", _("Somebody has checked in already. Let the shift run, or sign people off.")
    NOTHING = "nothing_to_make", _("No shift would be made: choose other days.")
    TOO_MANY = "too_many_shifts", _("That would be more than %(most)s shifts at once. Choose fewer days.")
    WHY = "why_missing", _("Say why: the person is told.")


class PullReason(TextChoices):
    """Why the organisation takes a place back."""

    CANCELLED = "cancelled", _("the shift was cancelled")
    DISPATCHER = "dispatcher", _("a dispatcher took the place back")
    RECALLED = "recalled", _("the home department called its people back")


class Opening(TextChoices):
    """To whom a shift opens when."""

    FIRST_COME = "first", _("to everyone at once")
    DRAW = "draw", _("by a draw")
    TIERS = "tiers", _("to the most reliable first")


class DrawRefusal(TextChoices):
    """Why a draw can't be set, or a place in one not be asked for."""

    UNTIL = "draw_until", _("Choose a time for the draw that lies ahead and before the first of the shifts starts.")
    NO_DRAW = "no_draw", _("The places of this shift are not drawn: claim one.")
    CLOSED = "draw_closed", _("The time for asking is over; the draw comes at any moment.")
    NOT_ASKED = "not_asked", _("You have not asked for a place in this draw.")


SHIFT_TRANSITIONS: dict[str, frozenset[str]] = {
    ShiftState.DRAFT: frozenset({ShiftState.OPEN, ShiftState.CANCELLED}),
    ShiftState.OPEN: frozenset({ShiftState.CANCELLED}),
    ShiftState.CANCELLED: frozenset(),
}
"""From each state of a shift to those that may follow."""
