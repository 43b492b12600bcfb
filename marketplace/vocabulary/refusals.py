"""Every refusal that an action can raise, in one plain sentence."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.matching.state import Refusal
from marketplace.vocabulary.availability import AvailabilityRefusal, CalendarTrouble, TimeOffRefusal
from marketplace.vocabulary.bookings import BookingRefusal
from marketplace.vocabulary.shifts import DrawRefusal, PlanRefusal, ShiftRefusal
from marketplace.vocabulary.waiting import SwapRefusal, WaitRefusal

REFUSAL_WORDS: dict[str, Promise | str] = {
    **{refusal.value: refusal.label for refusal in (*ShiftRefusal, *PlanRefusal)},
    **{refusal.value: refusal.label for refusal in BookingRefusal},
    **{refusal.value: refusal.label for refusal in WaitRefusal},
    **{refusal.value: refusal.label for refusal in DrawRefusal},
    **{refusal.value: refusal.label for refusal in AvailabilityRefusal},
    **{refusal.value: refusal.label for refusal in TimeOffRefusal},
    **{trouble.value: trouble.label for trouble in CalendarTrouble},
    **{refusal.value: refusal.label for refusal in SwapRefusal},
    Refusal.NOT_ON_DUTY: _("This person is not on duty now."),
    Refusal.DUTY_ENDING: _("Duty ends too soon for a move to be worth it."),
    Refusal.BREAK_NEAR: _("A planned break begins too soon for a move to be worth it."),
    Refusal.NOT_READY: _("This person is not ready: only those who are idle are moved."),
    Refusal.PINNED: _("A dispatcher pinned this person to the present queue. Unpin first."),
    Refusal.DWELL: _("The last move was too short a time ago."),
    Refusal.MOVES_EXHAUSTED: _("This person has been moved as often as the policy allows."),
    Refusal.SKILL_MISSING: _("A skill that the queue asks for is missing or not verified."),
    Refusal.LEVEL_TOO_LOW: _("The level in a skill is lower than the queue asks for."),
    Refusal.CERTIFICATION_MISSING: _("A certification that the queue asks for is missing."),
    Refusal.CERTIFICATION_EXPIRED: _("A certification is not valid until the end of duty."),
    Refusal.SKILL_EXPIRED: _("A skill is not valid until the end of duty."),
    Refusal.WORK_PLACE: _("The queue may not be served from home."),
    Refusal.QUEUE_CLOSED: _("The queue is closed now."),
    Refusal.DONOR_SHORT: _("The present queue would fall below what its own target needs."),
    Refusal.NO_GAIN: _("The move would gain less than it costs."),
    Refusal.MODE: _("The mode of a department does not allow it."),
    Refusal.SAME_QUEUE: _("This person serves that queue already."),
    Refusal.STANDS_BY: _("This person stands by for another department."),
    Refusal.STALE: _("The floor has changed since this was planned."),
}
