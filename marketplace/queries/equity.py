"""What a draw weighs its tickets by: hours booked and wanted around the shift, and draws lost in a row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from marketplace.vocabulary import BOUND_STATES, BookingState

WEEK = timedelta(days=7)
DEFAULT_HOURS_A_WEEK = 40.0
"""Of who has not said how many are wanted."""
REMEMBERED = timedelta(days=90)
"""Draws lost longer ago count no more."""

EQUITY = """
SELECT a.id,
  round(coalesce((SELECT sum(extract(epoch FROM upper(b.period) - lower(b.period))) / 3600
    FROM marketplace_booking b WHERE b.agent_id = a.id AND b.status = ANY(%(counted)s)
      AND b.period && tstzrange(%(since)s, %(until)s)), 0), 2)::float8,
  2 * greatest(coalesce(p.hours_wanted, %(usual)s), 1)::float8,
  (SELECT count(*) FROM marketplace_booking b WHERE b.agent_id = a.id AND b.status = 'not_drawn'
    AND b.ended_at > greatest(%(remembered)s, (SELECT max(w.held_at) FROM marketplace_booking w
      WHERE w.agent_id = a.id AND w.source = 'draw')))
FROM accounts_agent a LEFT JOIN marketplace_preference p ON p.agent_id = a.id
WHERE a.id = ANY(%(agents)s)
"""


@dataclass(frozen=True, slots=True)
class Equity:
    """One agent's figures: hours over two weeks, and how many draws in a row were lost."""

    booked_hours: float
    wanted_hours: float
    lost: int


def equity_of(*, agent_ids: Collection[int], start: datetime, now: datetime) -> dict[int, Equity]:
    """By agent, for a shift that starts at `start`: the week before it and the week from it on. One statement."""
    figures: dict[str, Any] = {
        "agents": list(agent_ids), "since": start - WEEK, "until": start + WEEK, "usual": DEFAULT_HOURS_A_WEEK,
        "counted": [str(state) for state in (*BOUND_STATES, BookingState.WORKED)], "remembered": now - REMEMBERED,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(EQUITY, figures)
        return {agent: Equity(*rest) for agent, *rest in cursor.fetchall()}
