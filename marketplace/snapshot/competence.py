"""Who is able to serve what, kept between ticks for as long as nobody's competence changed."""

import threading
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection

from marketplace.matching.eligibility import HIGHEST_LEVEL, Asked, Competence, Held, eligible
from marketplace.matching.refusals import refusals
from marketplace.matching.state import FOREVER, NEVER, Eligible, IntArray, Refusal, State
from marketplace.snapshot.agents import positions
from marketplace.snapshot.facts import Facts, read_facts
from marketplace.snapshot.hot import read_columns

QUEUES = "SELECT id FROM marketplace_queue WHERE is_active ORDER BY id"
PEOPLE = "SELECT id FROM accounts_agent ORDER BY id"
PERIOD = (
    f"coalesce(extract(epoch FROM valid_from)::bigint, {NEVER}::bigint) AS valid_from,"
    f" coalesce(extract(epoch FROM valid_until)::bigint, {FOREVER}::bigint) AS valid_until"
)
PROFICIENCIES = (
    f"SELECT agent_id AS agent, skill_id AS what, level::bigint, {PERIOD} FROM skills_proficiency"
    " WHERE verified_at IS NOT NULL ORDER BY agent_id, skill_id"
)
CERTIFICATES = (
    f"SELECT agent_id AS agent, certification_id AS what, {PERIOD} FROM skills_certificate"
    " WHERE revoked_at IS NULL ORDER BY agent_id, certification_id"
)
IMPLICATIONS = "SELECT from_skill_id AS holds, to_skill_id AS counts_as FROM skills_skill_implies ORDER BY 1, 2"
ASKS_SKILL = (
    "SELECT s.queue_id AS queue, s.skill_id AS what, s.level::bigint FROM marketplace_queueskill s"
    " JOIN marketplace_queue q ON q.id = s.queue_id WHERE q.is_active ORDER BY 1, 2"
)
ASKS_CERTIFICATION = (
    "SELECT c.queue_id AS queue, c.certification_id AS what FROM marketplace_queuecertification c"
    " JOIN marketplace_queue q ON q.id = c.queue_id WHERE q.is_active ORDER BY 1, 2"
)


SKILLS = "SELECT id FROM skills_skill ORDER BY id"
CERTIFICATION_KINDS = "SELECT id FROM skills_certification ORDER BY id"
LONGEST_SECONDS = 300
"""A period of validity that begins after a gap is seen at the latest after so long."""


@dataclass(frozen=True, eq=False)
class Known:
    """What was worked out at one version of everyone's competence."""

    version: tuple[int, int]
    made_at: int
    queue_ids: IntArray
    people: IntArray
    competence: Competence
    eligible: Eligible


_lock = threading.Lock()
_known: dict[str, Known] = {}


def known_competence(*, now: datetime, facts: Facts | None = None) -> Known:
    """The current table; read and computed only when the version changed since the last call in this process.

    `facts` spare the reading of the version to whoever has just read them.
    """
    alias = str(connection.settings_dict["NAME"])
    instant = int(now.timestamp())
    with _lock:
        version = (facts or read_facts(now=now)).competence_version
        known = _known.get(alias)
        if known is None or known.version != version or not 0 <= instant - known.made_at <= LONGEST_SECONDS:
            known = _known[alias] = _read(version, instant)
        return known


def explain_refusals(state: State, *, agent: int, queue: int, now: datetime) -> tuple[Refusal, ...]:
    """Every reason why this agent (row of the state) may not go to that queue (row), for a move by hand."""
    return refusals(state=state, agent=agent, queue=queue, competence=known_competence(now=now).competence)


def _read(version: tuple[int, int], instant: int) -> Known:
    queue_ids = read_columns(QUEUES, ["id"])["id"]
    people = read_columns(PEOPLE, ["id"])["id"]
    competence = _competence(queue_ids=queue_ids, people=people)
    return Known(
        version=version,
        made_at=instant,
        queue_ids=queue_ids,
        people=people,
        competence=competence,
        eligible=eligible(competence, now=instant),
    )


def _competence(*, queue_ids: IntArray, people: IntArray) -> Competence:
    """The tables of the database with indices in place of ids."""
    skills = read_columns(SKILLS, ["id"])["id"]
    certifications = read_columns(CERTIFICATION_KINDS, ["id"])["id"]
    proficiency = read_columns(PROFICIENCIES, ["agent", "what", "level", "valid_from", "valid_until"])
    certificate = read_columns(CERTIFICATES, ["agent", "what", "valid_from", "valid_until"])
    certificate["level"] = np.full(len(certificate["agent"]), HIGHEST_LEVEL, dtype=np.int64)
    implies = read_columns(IMPLICATIONS, ["holds", "counts_as"])
    asks_skill = read_columns(ASKS_SKILL, ["queue", "what", "level"])
    asks_certification = read_columns(ASKS_CERTIFICATION, ["queue", "what"])
    asks_certification["level"] = np.ones(len(asks_certification["queue"]), dtype=np.int64)
    return Competence(
        profiles=len(people),
        queues=len(queue_ids),
        skills=_held(proficiency, people=people, kinds=skills),
        certifications=_held(certificate, people=people, kinds=certifications),
        implies=np.stack([positions(implies[side], skills) for side in ("holds", "counts_as")], axis=1),
        skills_asked=_asked(asks_skill, queue_ids=queue_ids, kinds=skills),
        certifications_asked=_asked(asks_certification, queue_ids=queue_ids, kinds=certifications),
    )


def _held(rows: dict[str, IntArray], *, people: IntArray, kinds: IntArray) -> Held:
    return Held(
        profile=positions(rows["agent"], people),
        what=positions(rows["what"], kinds),
        level=rows["level"],
        valid_from=rows["valid_from"],
        valid_until=rows["valid_until"],
    )


def _asked(rows: dict[str, IntArray], *, queue_ids: IntArray, kinds: IntArray) -> Asked:
    return Asked(queue=positions(rows["queue"], queue_ids), what=positions(rows["what"], kinds), level=rows["level"])
