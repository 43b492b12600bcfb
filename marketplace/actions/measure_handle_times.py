"""How long a contact at each queue usually takes, from what was counted; nightly."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from marketplace.staffing.handle import PRIOR_CONTACTS

WEEKS = timedelta(weeks=4)
# a switch reports who was answered; a file of counts says what was offered, and the handle time of that
MEASURE = """
WITH counted AS (
  SELECT queue_id, sum(handle_seconds) AS seconds,
    sum(answered + CASE WHEN answered = 0 AND abandoned = 0 AND handle_seconds > 0 THEN offered ELSE 0 END) AS contacts
  FROM marketplace_interval WHERE starts_at >= %(since)s AND starts_at < %(until)s GROUP BY 1),
measured AS (
  SELECT q.id,
    round(((q.handle_seconds * %(prior)s + c.seconds) / (%(prior)s + c.contacts))::numeric, 1)::float8 AS mean
  FROM counted c JOIN marketplace_queue q ON q.id = c.queue_id
  WHERE c.seconds > 0 AND c.contacts > 0)
UPDATE marketplace_queue q SET usual_handle_seconds = m.mean FROM measured m
WHERE m.id = q.id AND m.mean > 0 AND q.usual_handle_seconds IS DISTINCT FROM m.mean
"""


def measure_handle_times(*, now: datetime) -> int:
    """Write `Queue.usual_handle_seconds` of each queue whose handle times of the last four weeks are known; how many
    changed.

    All seconds ÷ all contacts, the queue's own figure counting as `PRIOR_CONTACTS`. Others keep what they have.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MEASURE, {"since": now - WEEKS, "until": now, "prior": PRIOR_CONTACTS})
        changed: int = cursor.rowcount
    return changed
