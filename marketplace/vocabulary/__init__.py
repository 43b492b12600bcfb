"""Words for the codes: every state and refusal that a person can meet, one file for each part of the field."""

from marketplace.vocabulary.availability import (
    TIME_OFF_TRANSITIONS,
    AvailabilityKind,
    AvailabilityRefusal,
    AvailabilitySource,
    CalendarTrouble,
    TimeOffRefusal,
    TimeOffState,
)
from marketplace.vocabulary.bookings import (
    BOOKING_TRANSITIONS,
    BOUND_STATES,
    LIVE_STATES,
    BookingRefusal,
    BookingSource,
    BookingState,
)
from marketplace.vocabulary.claims import (
    AGAINST_WORDS,
    CLAIM_WORDS,
    WAYS_OUT,
)
from marketplace.vocabulary.moves import (
    MODE_WORDS,
    MOVE_TRANSITIONS,
    PRESENCE_WORDS,
    MoveState,
)
from marketplace.vocabulary.refusals import (
    REFUSAL_WORDS,
)
from marketplace.vocabulary.shifts import (
    SHIFT_TRANSITIONS,
    DrawRefusal,
    Opening,
    PlanRefusal,
    ProposalState,
    PullReason,
    ShiftRefusal,
    ShiftState,
    WorkPlace,
)
from marketplace.vocabulary.topics import (
    BOARD_TOPIC,
    DEMAND_TOPIC,
    FEED_TOPIC,
    SHIFTS_TOPIC,
)
from marketplace.vocabulary.waiting import (
    LIVE_SWAPS,
    OfferState,
    SwapRefusal,
    SwapState,
    WaitRefusal,
    WaitState,
)

__all__ = [
    "AGAINST_WORDS",
    "BOARD_TOPIC",
    "BOOKING_TRANSITIONS",
    "BOUND_STATES",
    "CLAIM_WORDS",
    "DEMAND_TOPIC",
    "FEED_TOPIC",
    "LIVE_STATES",
    "LIVE_SWAPS",
    "MODE_WORDS",
    "MOVE_TRANSITIONS",
    "PRESENCE_WORDS",
    "REFUSAL_WORDS",
    "SHIFTS_TOPIC",
    "SHIFT_TRANSITIONS",
    "TIME_OFF_TRANSITIONS",
    "WAYS_OUT",
    "AvailabilityKind",
    "AvailabilityRefusal",
    "AvailabilitySource",
    "BookingRefusal",
    "BookingSource",
    "BookingState",
    "CalendarTrouble",
    "DrawRefusal",
    "MoveState",
    "OfferState",
    "Opening",
    "PlanRefusal",
    "ProposalState",
    "PullReason",
    "ShiftRefusal",
    "ShiftState",
    "SwapRefusal",
    "SwapState",
    "TimeOffRefusal",
    "TimeOffState",
    "WaitRefusal",
    "WaitState",
    "WorkPlace",
]
