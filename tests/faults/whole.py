"""What must hold at every instant, whatever was killed: nothing lost, nothing doubled, nothing against the ledger."""

from tests.faults.floor import AGENTS, Floor, until

WITHOUT_ONE_OPEN = """
SELECT a.agent_id FROM marketplace_agentnow a
LEFT JOIN marketplace_assignment s ON s.agent_id = a.agent_id AND upper_inf(s.period)
GROUP BY a.agent_id, a.queue_id HAVING count(s.id) <> 1 OR min(s.queue_id) IS DISTINCT FROM a.queue_id
"""
GAPS = """
SELECT agent_id, period FROM (
    SELECT agent_id, period, lag(upper(period)) OVER (PARTITION BY agent_id ORDER BY period) AS before
    FROM marketplace_assignment
) AS s WHERE before IS NOT NULL AND before <> lower(period)
"""
AGAINST_THE_LEDGER = """
WITH history AS (
    SELECT 'agent:' || s.agent_id AS subject, q.code, s.move_id,
        row_number() OVER (PARTITION BY s.agent_id ORDER BY s.period) AS nr
    FROM marketplace_assignment s JOIN marketplace_queue q ON q.id = s.queue_id
), told AS (
    SELECT subject, wanted->>'queue' AS code, (wanted->>'move')::bigint AS move_id,
        row_number() OVER (PARTITION BY subject ORDER BY id) AS nr
    FROM ledger_entry, coalesce(data->'feed', data) AS wanted WHERE kind IN ('assignment.opened', 'move.applied')
)
SELECT * FROM history FULL JOIN told USING (subject, nr)
WHERE history.code IS DISTINCT FROM told.code OR history.move_id IS DISTINCT FROM told.move_id
"""
MOVES_NOT_MADE_ONCE = """
SELECT m.id FROM marketplace_move m
WHERE m.status = 'applied' AND (
    (SELECT count(*) FROM marketplace_assignment s WHERE s.move_id = m.id AND s.queue_id = m.target_id) <> 1
    OR (SELECT count(*) FROM ledger_entry e WHERE e.kind = 'move.applied' AND e.data->>'move' = m.id::text) <> 1)
"""
MOVES_FROM_NOWHERE = """
SELECT e.id FROM ledger_entry e WHERE e.kind = 'move.applied'
AND NOT EXISTS (SELECT 1 FROM marketplace_move m WHERE m.id::text = e.data->>'move' AND m.status = 'applied')
"""
UNPUBLISHED = "SELECT count(*) FROM ledger_entry WHERE position IS NULL"


def assert_whole(floor: Floor) -> None:
    """Check the floor from the database alone; entries may take a moment to be published."""
    assert floor.count("SELECT count(*) FROM marketplace_agentnow") == len(AGENTS)
    for query in (WITHOUT_ONE_OPEN, GAPS, AGAINST_THE_LEDGER, MOVES_NOT_MADE_ONCE, MOVES_FROM_NOWHERE):
        assert floor.sql(query) == [], query
    taken = "SELECT count(*) FROM marketplace_telemetrybatch WHERE id = ANY(%s::uuid[])"
    assert floor.count(taken, floor.taken) == len(floor.taken)
    told = "SELECT count(*) FROM ledger_entry WHERE kind = 'telemetry.taken' AND data->>'batch' = ANY(%s)"
    assert floor.count(told, floor.taken) == len(floor.taken)
    until(lambda: floor.count(UNPUBLISHED) == 0, seconds=90, what="every Entry is published")
    assert floor.sql("SELECT count(position) = max(position) FROM ledger_entry") == [(True,)]
