"""Why this agent may not serve that queue: every reason at once, for a dispatcher's move by hand as for the matcher."""

from __future__ import annotations

import numpy as np

from marketplace.matching.eligibility import Asked, Competence, Held, lasting, with_implied
from marketplace.matching.limits import AGENT_LIMITS, PAIR_LIMITS, competence_gaps, mode_between, valid_through
from marketplace.matching.state import Mode, Refusal, State


def refusals(
    *, state: State, agent: int, queue: int, competence: Competence | None = None, mode: Mode = Mode.AUTO
) -> tuple[Refusal, ...]:
    """All reasons against the move, none left out; empty if nothing stands against it.

    With `competence` the missing skill, level or certification is told apart; without it only that the pair is
    missing from `State.eligible` (`skill_missing`) or lapses (`skill_expired`). `agent` and `queue` are indices into
    the state; `mode` is what must hold at least between the departments.
    """
    who, where = np.array([agent]), np.array([queue])
    found = [refusal for refusal, limit in AGENT_LIMITS if limit(state, who)[0]]
    found += [refusal for refusal, limit in PAIR_LIMITS if limit(state, who, where)[0]]
    if competence is None:
        missing, lapsing = competence_gaps(state, who, where)
        found += [Refusal.SKILL_MISSING] * bool(missing[0]) + [Refusal.SKILL_EXPIRED] * bool(lapsing[0])
    else:
        profile = int(state.agents.profile[agent])
        through = int(valid_through(state, who)[0])
        found += lacking(competence, profile=profile, queue=queue, now=state.now, through=through)
    if mode_between(state, who, where)[0] < mode:
        found.append(Refusal.MODE)
    return tuple(found)


def lacking(competence: Competence, *, profile: int, queue: int, now: int, through: int) -> list[Refusal]:
    """What the person lacks for the queue from `now` until `through`; each code once."""
    skills = _of(competence.skills, profile)
    certifications = _of(competence.certifications, profile)
    period = {"now": now, "through": through}
    codes = [
        *_gaps(with_implied(skills, competence.implies), _by(competence.skills_asked, queue), **period, codes=_SKILL),
        *_gaps(certifications, _by(competence.certifications_asked, queue), **period, codes=_CERTIFICATION),
    ]
    return list(dict.fromkeys(codes))


_SKILL = (Refusal.SKILL_MISSING, Refusal.LEVEL_TOO_LOW, Refusal.SKILL_EXPIRED)
_CERTIFICATION = (
    Refusal.CERTIFICATION_MISSING,
    Refusal.CERTIFICATION_MISSING,
    Refusal.CERTIFICATION_EXPIRED,
)


def _gaps(
    held: Held, asked: list[tuple[int, int]], *, now: int, through: int, codes: tuple[Refusal, Refusal, Refusal]
) -> list[Refusal]:
    missing, too_low, expired = codes
    found = []
    for what, level in asked:
        known = held.rows(held.what == what)
        enough = lasting(known.rows(known.level >= level), now=now)
        if not len(known.what):
            found.append(missing)
        elif not (known.level >= level).any():
            found.append(too_low)
        elif not ((enough.valid_from <= now) & (enough.valid_until >= through)).any():
            found.append(expired)
    return found


def _of(held: Held, profile: int) -> Held:
    return held.rows(held.profile == profile)


def _by(asked: Asked, queue: int) -> list[tuple[int, int]]:
    mine = asked.queue == queue
    return sorted(zip(asked.what[mine].tolist(), asked.level[mine].tolist(), strict=True))
