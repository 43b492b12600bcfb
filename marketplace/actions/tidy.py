"""Forget what nobody needs any more: the ledger of changes stays, the noise of telemetry goes."""

from datetime import datetime, timedelta

from django.db import connection, transaction

NOISE = (
    "DELETE FROM ledger_entry"
    " WHERE kind = ANY('{telemetry.taken,queues.expected,agent.came,agent.left,forecast.corrected}')"
    " AND position > 0 AND at < %s"
)
BATCHES = "DELETE FROM marketplace_telemetrybatch WHERE received_at < %s"
ANSWERS = "DELETE FROM ledger_replayable WHERE at < %s"
RECORDS = (
    "DELETE FROM marketplace_runrecord r USING marketplace_matcherrun m WHERE m.id = r.run_id AND m.started_at < %s"
)
IDLE_RUNS = (
    "DELETE FROM marketplace_matcherrun m WHERE m.started_at < %s"
    " AND NOT EXISTS (SELECT 1 FROM marketplace_move v WHERE v.run_id = m.id)"
)
UPLOADS = "DELETE FROM marketplace_upload WHERE uploaded_at < %s"
KEPT = {
    NOISE: timedelta(days=1),
    BATCHES: timedelta(days=1),
    ANSWERS: timedelta(days=1),
    RECORDS: timedelta(days=7),
    IDLE_RUNS: timedelta(days=1),
    UPLOADS: timedelta(days=3),
}
"""What goes, and after how long. Moves, assignments, intervals and every decision in the ledger stay."""


@transaction.atomic(durable=True)
def tidy(*, now: datetime) -> int:
    """How many rows went."""
    gone = 0
    with connection.cursor() as cursor:
        for statement, age in KEPT.items():
            cursor.execute(statement, [now - age])
            gone += cursor.rowcount
    return gone
