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
ROLLED_UP = timedelta(weeks=7)
"""Minutes older than this become quarters of an hour: forecasts look back eight weeks at those, and years at these."""
ROLL_UP = """
WITH cell AS (
    SELECT queue_id, date_bin('15 minutes', starts_at, 'epoch') AS starts_at, sum(seconds) AS covered,
        sum(offered) AS offered, sum(answered) AS answered, sum(answered_in_target) AS in_target,
        sum(abandoned) AS abandoned, sum(handle_seconds) AS handle_seconds, max(as_of) AS as_of
    FROM marketplace_interval WHERE seconds < 900 AND starts_at < date_trunc('hour', %s::timestamptz)
    GROUP BY 1, 2 HAVING sum(seconds) >= 720
), gone AS (
    DELETE FROM marketplace_interval i USING cell c WHERE i.queue_id = c.queue_id AND i.seconds < 900
        AND i.starts_at >= c.starts_at AND i.starts_at < c.starts_at + interval '15 minutes'
    RETURNING i.id
), made AS (
    INSERT INTO marketplace_interval (queue_id, starts_at, seconds, offered, answered, answered_in_target, abandoned,
        handle_seconds, as_of)
    SELECT queue_id, starts_at, 900, round(offered * 900.0 / covered), round(answered * 900.0 / covered),
        round(in_target * 900.0 / covered), round(abandoned * 900.0 / covered), handle_seconds * 900.0 / covered, as_of
    FROM cell ON CONFLICT (queue_id, starts_at, seconds) DO NOTHING
)
SELECT count(*) FROM gone
"""
"""A quarter that was reported for less than four fifths stays as it is."""
KEPT = {
    NOISE: timedelta(days=1),
    BATCHES: timedelta(days=1),
    ANSWERS: timedelta(days=1),
    RECORDS: timedelta(days=7),
    IDLE_RUNS: timedelta(days=1),
    UPLOADS: timedelta(days=3),
}
"""What goes, and after how long. Moves, assignments, quarters of an hour and every decision in the ledger stay."""


@transaction.atomic(durable=True)
def tidy(*, now: datetime) -> int:
    """How many rows went."""
    gone = 0
    with connection.cursor() as cursor:
        for statement, age in KEPT.items():
            cursor.execute(statement, [now - age])
            gone += cursor.rowcount
        cursor.execute(ROLL_UP, [now - ROLLED_UP])
        gone += int(cursor.fetchone()[0])
    return gone
