"""What the whole floor shares: the version of everyone's competence, the modes and the policy, in one statement."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from gigcx.database.prepared import prepared
from marketplace.matching.state import IntArray, Limits, Mode

MEASURED_MOVES = 50
LEAST_MOVES = 5
FACTS = """
SELECT v.number, coalesce((SELECT max(id) FROM accounts_agent), 0), d.ids, d.modes, p.stopped,
    CASE WHEN m.count >= %s THEN greatest(m.median, 0) ELSE p.changeover_seconds END,
    p.dwell_seconds, p.moves_per_duty, p.moves_per_hour, p.min_remaining_seconds, p.donor_margin, p.switch_constant
FROM skills_competenceversion v, marketplace_policy p,
    (SELECT coalesce(array_agg(id ORDER BY id), '{}') AS ids, coalesce(array_agg(mode ORDER BY id), '{}') AS modes
        FROM accounts_department) AS d,
    (SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median FROM (
        SELECT extract(epoch FROM arrived_at - decided_at)::float8 AS seconds FROM marketplace_move
        WHERE arrived_at IS NOT NULL AND created_at > %s - interval '1 day' ORDER BY created_at DESC LIMIT %s
    ) AS newest) AS m
"""


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """As of one instant."""

    competence_version: tuple[int, int]
    """Rises with every change of somebody's competence; the second number with every new person."""
    department_ids: IntArray
    modes: IntArray
    """A `Mode` for each department; all `OFF` where the one switch that stops everything is thrown."""
    limits: Limits
    """The policy, with the changeover as measured over the last moves once there are enough of them."""


def read_facts(*, now: datetime) -> Facts:
    """What is so now; the latest moves are those of the day before `now`."""
    (row,) = prepared(FACTS, [LEAST_MOVES, now, MEASURED_MOVES])
    number, newest, ids, modes, stopped, changeover, dwell, per_duty, per_hour, remaining, margin, constant = row
    mode = np.array(modes, dtype=np.int64)
    return Facts(
        competence_version=(number, newest),
        department_ids=np.array(ids, dtype=np.int64),
        modes=np.full_like(mode, Mode.OFF) if stopped else mode,
        limits=Limits(
            changeover_seconds=changeover,
            dwell_seconds=dwell,
            moves_per_duty=per_duty,
            moves_per_hour=per_hour,
            min_remaining_seconds=remaining,
            donor_margin=margin,
            switch_constant=constant,
        ),
    )
