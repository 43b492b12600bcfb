"""Who has not come: marked once the time of grace is over, whenever the clock gets to it."""

from datetime import datetime

from django.db import connection, transaction

NO_SHOW_LOCK = 0x67696763_0007
MARK = """
WITH grace AS (
  SELECT %(now)s - make_interval(mins => no_show_minutes) AS until FROM marketplace_marketpolicy
), locked AS MATERIALIZED (
  SELECT s.id FROM marketplace_shift s WHERE s.id IN (
    SELECT b.shift_id FROM marketplace_booking b, grace
    WHERE b.status IN ('held', 'releasing') AND lower(b.period) <= grace.until)
  ORDER BY s.id FOR NO KEY UPDATE
), absent AS MATERIALIZED (
  SELECT b.id FROM marketplace_booking b, grace
  WHERE b.shift_id IN (SELECT id FROM locked) AND b.status IN ('held', 'releasing') AND lower(b.period) <= grace.until
  ORDER BY b.id FOR NO KEY UPDATE OF b
), marked AS (
  UPDATE marketplace_booking b SET status = 'no_show', ended_at = %(now)s FROM absent WHERE b.id = absent.id
  RETURNING b.id, b.agent_id, b.shift_id
), counted AS (
  UPDATE marketplace_shift s SET taken = s.taken - gone.places
  FROM (SELECT shift_id, count(*) AS places FROM marked GROUP BY shift_id) AS gone WHERE s.id = gone.shift_id
), told AS (
  INSERT INTO ledger_entry (at, kind, actor, subject, data)
  SELECT %(now)s, 'booking.no_show', %(actor)s, 'agent:' || agent_id,
    jsonb_build_object('booking', id, 'shift', shift_id) FROM marked ORDER BY id
)
SELECT count(*) FROM marked
"""


@transaction.atomic(durable=True)
def mark_no_shows(*, now: datetime, actor: str = "clock") -> int:
    """Mark everybody who should have checked in by now; how many. Idempotent, one at a time, in one statement.

    Whoever comes after that is checked in all the same (`check_in`).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NO_SHOW_LOCK])
        cursor.execute(MARK, {"now": now, "actor": actor})
        return int(cursor.fetchone()[0])
