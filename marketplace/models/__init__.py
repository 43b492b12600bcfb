"""Every noun of the marketplace, one file each."""

from marketplace.models.appeals import Appeal
from marketplace.models.assignments import AgentNow, Assignment
from marketplace.models.availability import Availability, Preference, WeeklyAvailability
from marketplace.models.bookings import Booking
from marketplace.models.calendars import BusyCalendar, CalendarFeed
from marketplace.models.compensation import Compensation
from marketplace.models.demand import (
    Forecast,
    ForecastQuality,
    Interval,
    QueueNow,
    TelemetryBatch,
    WeekForecast,
)
from marketplace.models.draws import Draw
from marketplace.models.duty import Duty
from marketplace.models.events import Event
from marketplace.models.market import Lending, MarketPolicy
from marketplace.models.moves import MatcherRun, Move, Objection, RunRecord
from marketplace.models.pauses import Pause
from marketplace.models.policy import Policy
from marketplace.models.queues import Queue, QueueCertification, QueueSkill
from marketplace.models.shift_templates import ShiftTemplate
from marketplace.models.shifts import (
    Shift,
    ShiftCertification,
    ShiftPattern,
    ShiftPolicy,
    ShiftProposal,
    ShiftSkill,
)
from marketplace.models.supply import Supply
from marketplace.models.swaps import Swap
from marketplace.models.time_off import TimeOff
from marketplace.models.uploads import Upload, UploadState
from marketplace.models.waiting import Offer, WaitingPlace

__all__ = [
    "AgentNow",
    "Appeal",
    "Assignment",
    "Availability",
    "Booking",
    "BusyCalendar",
    "CalendarFeed",
    "Compensation",
    "Draw",
    "Duty",
    "Event",
    "Forecast",
    "ForecastQuality",
    "Interval",
    "Lending",
    "MarketPolicy",
    "MatcherRun",
    "Move",
    "Objection",
    "Offer",
    "Pause",
    "Policy",
    "Preference",
    "Queue",
    "QueueCertification",
    "QueueNow",
    "QueueSkill",
    "RunRecord",
    "Shift",
    "ShiftCertification",
    "ShiftPattern",
    "ShiftPolicy",
    "ShiftProposal",
    "ShiftSkill",
    "ShiftTemplate",
    "Supply",
    "Swap",
    "TelemetryBatch",
    "TimeOff",
    "Upload",
    "UploadState",
    "WaitingPlace",
    "WeekForecast",
    "WeeklyAvailability",
]
