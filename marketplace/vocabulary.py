"""Words for the codes: every state and refusal that a person can meet, in one plain sentence."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.matching.state import Mode, Presence, Refusal


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

REFUSAL_WORDS: dict[str, Promise] = {
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
