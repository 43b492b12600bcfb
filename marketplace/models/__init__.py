"""Every noun of the marketplace, one file each."""

from marketplace.models.assignments import AgentNow, Assignment
from marketplace.models.demand import Forecast, Interval, QueueNow, TelemetryBatch
from marketplace.models.duty import Duty
from marketplace.models.moves import MatcherRun, Move, Objection, RunRecord
from marketplace.models.policy import Policy
from marketplace.models.queues import Queue, QueueCertification, QueueSkill

__all__ = [
    "AgentNow",
    "Assignment",
    "Duty",
    "Forecast",
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
    "TelemetryBatch",
]
