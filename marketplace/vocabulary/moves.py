"""Moves, presence and modes, in words."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.matching.state import Mode, Presence


class MoveState(TextChoices):
    """What became of a move."""

    PROPOSED = "proposed", _("proposed")
    APPLIED = "applied", _("applied")
    REVERTED = "reverted", _("taken back")
    REJECTED = "rejected", _("rejected")
    EXPIRED = "expired", _("expired")
    STALE = "stale", _("overtaken")


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
