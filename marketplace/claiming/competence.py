"""Skills and certifications through a whole shift: what is asked, what is held, and until when.

The same rules as `matching.eligibility` has for many people at once (a test compares the two), for one person and one
shift, where all must be valid from the first minute to the last.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from marketplace.claiming.facts import Ability, Ask
from marketplace.claiming.reasons import ClaimRefusal, Reason

ALWAYS = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)


def lacking_skills(
    *,
    held: Sequence[Ability],
    asked: Sequence[Ask],
    implies: frozenset[tuple[int, int]],
    start: datetime,
    end: datetime,
) -> Iterator[Reason]:
    """A reason for each skill asked that is missing, too low, or not valid from `start` to `end`.

    `implies` is closed: who holds the left of a pair holds the right at the same level for the same time.
    """
    for ask in asked:
        mine = [one for one in held if one.what == ask.what or (one.what, ask.what) in implies]
        enough = [one for one in mine if one.level >= ask.level]
        figures = {"skill": ask.name, "level": ask.level}
        if not mine:
            yield Reason(ClaimRefusal.SKILL_MISSING, figures)
        elif not enough:
            held_level = max(one.level for one in mine)
            yield Reason(ClaimRefusal.LEVEL_TOO_LOW, figures | {"held": held_level})
        elif not covers(enough, start=start, end=end):
            yield Reason(ClaimRefusal.SKILL_EXPIRED, figures)


def lacking_certifications(
    *, held: Sequence[Ability], asked: Sequence[Ask], start: datetime, end: datetime
) -> Iterator[Reason]:
    """A reason for each certification asked that is missing, or not valid from `start` to `end`."""
    for ask in asked:
        mine = [one for one in held if one.what == ask.what]
        if not mine:
            yield Reason(ClaimRefusal.CERTIFICATION_MISSING, {"certification": ask.name})
        elif not covers(mine, start=start, end=end):
            yield Reason(ClaimRefusal.CERTIFICATION_EXPIRED, {"certification": ask.name})


def covers(held: Iterable[Ability], *, start: datetime, end: datetime) -> bool:
    """Whether the periods held, those that touch taken as one, leave no instant of `[start, end)` out."""
    reached = start
    for one in sorted(held, key=lambda ability: ability.since or ALWAYS):
        if (one.since or ALWAYS) > reached:
            return False
        reached = max(reached, one.until or FOREVER)
        if reached >= end:
            return True
    return False
