"""The reasons against a claim: one enum with stable codes, and the figures that a sentence needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ClaimRefusal(StrEnum):
    """Why an agent can't take a shift. Codes are stable: the API and the ledger carry them."""

    NOT_OPEN = "shift_not_open"
    BEGUN = "shift_begun"
    TOO_EARLY = "claim_too_early"
    TOO_LATE = "claim_too_late"
    DRAW_PENDING = "draw_pending"
    TIER_DELAY = "tier_delay"
    FULL = "shift_full"
    KIND = "kind_not_wanted"
    AGENT_INACTIVE = "agent_inactive"
    NOT_LENT = "not_lent"
    OVERLAP_BOOKING = "overlap_booking"
    OVERLAP_DUTY = "overlap_duty"
    BLACKOUT = "blackout"
    REST = "rest_too_short"
    DAY_HOURS = "day_hours"
    WEEK_HOURS = "week_hours"
    CONSECUTIVE_DAYS = "consecutive_days"
    SITE_FULL = "site_full"
    HOME_NOT_ALLOWED = "home_not_allowed"
    SKILL_MISSING = "skill_missing"
    LEVEL_TOO_LOW = "level_too_low"
    SKILL_EXPIRED = "skill_expired"
    CERTIFICATION_MISSING = "certification_missing"
    CERTIFICATION_EXPIRED = "certification_expired"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason and what its sentence names: a skill, a level, an instant, hours."""

    code: ClaimRefusal
    figures: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.code)
