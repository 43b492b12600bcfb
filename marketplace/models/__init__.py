"""Every noun of the marketplace, one file each."""

from marketplace.models.assignments import AgentNow, Assignment
from marketplace.models.demand import (
    Forecast,
    ForecastQuality,
    Interval,
    QueueNow,
    TelemetryBatch,
    WeekForecast,
)
from marketplace.models.duty import Duty
from marketplace.models.events import Event
from marketplace.models.moves import MatcherRun, Move, Objection, RunRecord
from marketplace.models.policy import Policy
from marketplace.models.queues import Queue, QueueCertification, QueueSkill
from marketplace.models.shifts import Shift, ShiftPattern, ShiftPolicy, ShiftProposal
from marketplace.models.supply import Supply
from marketplace.models.uploads import Upload, UploadState

__all__ = [
    "AgentNow",
    "Assignment",
    "Duty",
    "Event",
    "Forecast",
    "ForecastQuality",
    "Interval",
    "MatcherRun",
    "Move",
    "Objection",
    "Policy",
    "Queue",
    "QueueCertification",
    "QueueNow",
    "QueueSkill",
    "RunRecord",
    "Shift",
    "ShiftPattern",
    "ShiftPolicy",
    "ShiftProposal",
    "Supply",
    "TelemetryBatch",
    "Upload",
    "UploadState",
    "WeekForecast",
]
