"""Words for the codes: every state and refusal that a person can meet, in one plain sentence."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.claiming.reasons import ClaimRefusal
from marketplace.matching.state import Mode, Presence, Refusal


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
    PAST = "shift_past", _("It has begun already.")
    NOT_DRAFT = "shift_not_draft", _("It is no draft any more.")
    CANCELLED = "shift_cancelled", _("It was cancelled already.")
    NO_QUEUES = "no_queues", _("Choose at least one queue of the department that is in use.")
    PERIOD = "period", _("Choose a period of 1 to 14 days that is not over.")
    STANDBY = "standby", _("Choose 2 to 8 queues for shifts that serve several.")
    NO_PATTERNS = "no_patterns", _("Every shift pattern of this department is switched off.")


class PlanRefusal(TextChoices):
    """Why a shift can't be made, changed or filled as a dispatcher wants it; some sentences name figures."""

    PERIOD = "shift_period", _("Choose a start that is ahead and an end 15 minutes to 24 hours later.")
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
    YOURSELF = "swap_with_yourself", _("Choose a colleague.")


class AvailabilityKind(TextChoices):
    """What a period of an agent's calendar says."""

    AVAILABLE = "available", _("available")
    BLACKOUT = "blackout", _("not available")


class AvailabilitySource(TextChoices):
    """Who said so."""

    OWN = "own", _("entered")
    CALENDAR = "calendar", _("from a calendar")
    TIME_OFF = "time_off", _("time off")


class AvailabilityRefusal(TextChoices):
    """Why a period of an agent's calendar can't be set."""

    PERIOD = "availability_period", _("Choose a period of up to 62 days whose end is after its start.")
    BOOKED = "availability_booked", _("You hold a shift then. Give it back first.")
    TOO_MANY = "availability_too_many", _("That is too many periods. Take some away first.")


class TimeOffState(TextChoices):
    """What became of a request for time off."""

    ASKED = "asked", _("asked for")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class TimeOffRefusal(TextChoices):
    """Why time off can't be asked for, answered or withdrawn."""

    PERIOD = "time_off_period", _("Choose a period of up to 62 days that is not over.")
    OVERLAP = "time_off_overlap", _("You have asked for time off then already.")
    BOOKED = "time_off_booked", _("There is a shift in that time. It must be given back first.")
    ANSWERED = "time_off_answered", _("This request has been answered or withdrawn.")
    BEGUN = "time_off_begun", _("This time off has begun.")


class CalendarTrouble(TextChoices):
    """Why a calendar elsewhere could not be read."""

    ADDRESS = "calendar_address", _("This is no https address that can be reached from here.")
    UNREACHABLE = "calendar_unreachable", _("The other side did not answer. It is tried again.")
    REFUSED = "calendar_refused", _("The other side refused the address. Copy it again from your calendar.")
    TOO_LARGE = "calendar_too_large", _("This calendar is too large.")
    NOT_A_CALENDAR = "calendar_unreadable", _("This is no iCalendar file (.ics).")
    NAME_TAKEN = "calendar_name_taken", _("You have a calendar of that name already.")
    TOO_MANY = "calendar_too_many", _("You have five calendars already. Take one away first.")


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


class MoveState(TextChoices):
    """What became of a move."""

    PROPOSED = "proposed", _("proposed")
    APPLIED = "applied", _("applied")
    REVERTED = "reverted", _("taken back")
    REJECTED = "rejected", _("rejected")
    EXPIRED = "expired", _("expired")
    STALE = "stale", _("overtaken")


BOARD_TOPIC = "board"
"""What the dispatchers' live pages listen to."""
DEMAND_TOPIC = "demand"
"""What the pages of need against staffed listen to: forecasts, duty, surges; not each report of a switch."""
SHIFTS_TOPIC = "shifts"
"""What lists of shifts listen to: opened, taken, given back, cancelled."""
FEED_TOPIC = "assignments"
"""What switches that wait for assignments listen to; an agent's own pages listen to `agent:<id>`."""

CLAIM_WORDS: dict[ClaimRefusal, Promise] = {
    ClaimRefusal.NOT_OPEN: _("This shift is not open."),
    ClaimRefusal.BEGUN: _("This shift has begun already."),
    ClaimRefusal.TOO_EARLY: _("Claiming starts on %(at)s."),
    ClaimRefusal.TOO_LATE: _("Claiming ended on %(at)s."),
    ClaimRefusal.DRAW_PENDING: _("Everyone may ask until %(at)s; then the places are drawn."),
    ClaimRefusal.TIER_DELAY: _("This shift opens to you on %(at)s."),
    ClaimRefusal.FULL: _("All places are taken."),
    ClaimRefusal.KIND: _("This shift is open to other kinds of employment only."),
    ClaimRefusal.AGENT_INACTIVE: _("Your account is not active."),
    ClaimRefusal.NOT_LENT: _("Your department has not agreed to lend you to this one."),
    ClaimRefusal.OVERLAP_BOOKING: _("You have a shift from %(start)s to %(end)s."),
    ClaimRefusal.OVERLAP_DUTY: _("You are on the roster from %(start)s to %(end)s."),
    ClaimRefusal.BLACKOUT: _("You are not available from %(start)s to %(end)s."),
    ClaimRefusal.REST: _("You would not get %(hours)s hours of rest between %(start)s and %(end)s."),
    ClaimRefusal.DAY_HOURS: _("You would work %(would_be)s hours on %(day)s; the most is %(hours)s."),
    ClaimRefusal.WEEK_HOURS: _("You would work %(would_be)s hours in that week; the most is %(hours)s."),
    ClaimRefusal.CONSECUTIVE_DAYS: _("It would be day %(would_be)s of work in a row; the most is %(days)s."),
    ClaimRefusal.SITE_FULL: _("No seat is free at the site."),
    ClaimRefusal.HOME_NOT_ALLOWED: _("This queue is not served from home."),
    ClaimRefusal.SKILL_MISSING: _("You need %(skill)s, level %(level)s."),
    ClaimRefusal.LEVEL_TOO_LOW: _("You need %(skill)s, level %(level)s; yours is level %(held)s."),
    ClaimRefusal.SKILL_EXPIRED: _("Your %(skill)s is not valid through the whole shift."),
    ClaimRefusal.CERTIFICATION_MISSING: _("You need the certification %(certification)s."),
    ClaimRefusal.CERTIFICATION_EXPIRED: _("Your certification %(certification)s is not valid through the shift."),
}
"""Why a shift can't be claimed; the figures are those of the `Reason`."""

WAYS_OUT: dict[ClaimRefusal, Promise] = {
    ClaimRefusal.TOO_EARLY: _("Come back then."),
    ClaimRefusal.DRAW_PENDING: _("Ask for a place."),
    ClaimRefusal.TIER_DELAY: _("The most reliable people come first. Come back then."),
    ClaimRefusal.FULL: _("Join the waiting list: you are asked when a place is free."),
    ClaimRefusal.NOT_LENT: _("Ask your team lead for their consent."),
    ClaimRefusal.OVERLAP_BOOKING: _("Give the other shift back, or swap it."),
    ClaimRefusal.OVERLAP_DUTY: _("Ask whoever plans the roster."),
    ClaimRefusal.BLACKOUT: _("Change your availability if you can work then."),
    ClaimRefusal.REST: _("Choose a shift that starts later or ends sooner."),
    ClaimRefusal.DAY_HOURS: _("Choose a shorter shift, or another day."),
    ClaimRefusal.WEEK_HOURS: _("Choose a shift in another week, or give one back."),
    ClaimRefusal.CONSECUTIVE_DAYS: _("Keep a day free first."),
    ClaimRefusal.SITE_FULL: _("Look for the same shift from home."),
    ClaimRefusal.SKILL_MISSING: _("Have the skill verified under Me, or ask for the course."),
    ClaimRefusal.LEVEL_TOO_LOW: _("Have the higher level verified under Me."),
    ClaimRefusal.SKILL_EXPIRED: _("Have it verified again under Me."),
    ClaimRefusal.CERTIFICATION_MISSING: _("Ask for the course that leads to it."),
    ClaimRefusal.CERTIFICATION_EXPIRED: _("Renew it before the shift."),
}
"""What the person can do about it, where there is something."""

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

PRESENCE_WORDS: dict[int, Promise] = {
    Presence.OFFLINE: _("offline"),
    Presence.READY: _("ready"),
    Presence.ON_CONTACT: _("on contact"),
    Presence.WRAP_UP: _("wrap-up"),
    Presence.PAUSED: _("paused"),
}

MODE_WORDS: dict[int, Promise] = {
    Mode.OFF: _("Off"),
    Mode.SHADOW: _("Shadow"),
    Mode.APPROVE: _("Approve"),
    Mode.AUTO: _("Auto"),
}

MOVE_TRANSITIONS: dict[str, frozenset[str]] = {
    MoveState.PROPOSED: frozenset({MoveState.APPLIED, MoveState.REJECTED, MoveState.EXPIRED, MoveState.STALE}),
    MoveState.APPLIED: frozenset({MoveState.REVERTED}),
    MoveState.REVERTED: frozenset(),
    MoveState.REJECTED: frozenset(),
    MoveState.EXPIRED: frozenset(),
    MoveState.STALE: frozenset(),
}
"""From each state of a move to those that may follow."""

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

TIME_OFF_TRANSITIONS: dict[str, frozenset[str]] = {
    TimeOffState.ASKED: frozenset({TimeOffState.GRANTED, TimeOffState.REFUSED, TimeOffState.WITHDRAWN}),
    TimeOffState.GRANTED: frozenset({TimeOffState.WITHDRAWN}),
    TimeOffState.REFUSED: frozenset(),
    TimeOffState.WITHDRAWN: frozenset(),
}
"""From each state of a request for time off to those that may follow."""

SHIFT_TRANSITIONS: dict[str, frozenset[str]] = {
    ShiftState.DRAFT: frozenset({ShiftState.OPEN, ShiftState.CANCELLED}),
    ShiftState.OPEN: frozenset({ShiftState.CANCELLED}),
    ShiftState.CANCELLED: frozenset(),
}
"""From each state of a shift to those that may follow."""
