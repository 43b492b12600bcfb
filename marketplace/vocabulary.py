"""Words for the codes: every state and refusal that a person can meet, in one plain sentence."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
FEED_TOPIC = "assignments"
"""What switches that wait for assignments listen to; an agent's own pages listen to `agent:<id>`."""

REFUSAL_WORDS: dict[str, Promise | str] = {
    **{refusal.value: refusal.label for refusal in ShiftRefusal},
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

SHIFT_TRANSITIONS: dict[str, frozenset[str]] = {
    ShiftState.DRAFT: frozenset({ShiftState.OPEN, ShiftState.CANCELLED}),
    ShiftState.OPEN: frozenset({ShiftState.CANCELLED}),
    ShiftState.CANCELLED: frozenset(),
}
"""From each state of a shift to those that may follow."""
