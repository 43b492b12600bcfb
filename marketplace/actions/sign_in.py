"""Signing in at the switch is checking in: who is seen there, and is expected at a shift, begins it.

Telemetry only notes it, since it holds other locks; the check-in itself is a task of its own.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from gigcx.ledger.models import Entry
from marketplace.actions.check_in import EXPECTED, check_in
from marketplace.actions.refused import Refused
from marketplace.models import Booking

KIND = "agent.signed_in"
SEEN_WITHIN = timedelta(minutes=2)
"""A sign-in that was noted longer ago says nothing about now; the switch reports again anyhow."""
NOTE = """
INSERT INTO ledger_entry (at, kind, actor, subject, data)
SELECT %(now)s, %(kind)s, %(actor)s, 'agent:' || b.agent_id, jsonb_build_object('booking', b.id)
FROM marketplace_booking b, marketplace_marketpolicy p
WHERE b.agent_id = ANY(%(agents)s) AND b.status = ANY(%(expected)s) AND upper(b.period) > %(now)s
  AND lower(b.period) <= %(now)s + make_interval(mins => p.check_in_minutes)
ORDER BY b.agent_id
"""


def note_sign_ins(agent_ids: Collection[int], *, actor: str, now: datetime) -> None:
    """Note those of these agents, seen at the switch and not on duty, who are expected at a shift now."""
    if not agent_ids:
        return
    figures: dict[str, Any] = {
        "now": now, "kind": KIND, "actor": actor, "agents": list(agent_ids),
        "expected": [str(state) for state in EXPECTED],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NOTE, figures)


def check_in_signed_in(*, now: datetime, actor: str = "switch") -> int:
    """Check in whoever was seen at the switch in the last two minutes and is expected; how many. Idempotent."""
    noted = Entry.objects.filter(kind=KIND, at__gt=now - SEEN_WITHIN).values_list("data__booking", flat=True)
    due = Booking.objects.filter(pk__in=set(noted), status__in=EXPECTED).order_by("pk")
    done = 0
    for booking_id, agent_id in due.values_list("pk", "agent_id"):
        with suppress(Refused, Booking.DoesNotExist):
            check_in(booking_id=booking_id, agent_id=agent_id, actor=actor, now=now)
            done += 1
    return done
