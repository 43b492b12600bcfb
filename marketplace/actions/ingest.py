"""Take a telemetry batch: idempotent by its id, all or nothing, in a fixed number of statements."""

from datetime import datetime

from django.db import connection, transaction

from gigcx.ledger.record import record
from marketplace.actions.ingest_agents import take_agents
from marketplace.actions.ingest_queues import take_queues
from marketplace.actions.reports import AgentReport, BadRows, Batch, QueueReport, Taken, unknown_code

__all__ = ["AgentReport", "BadRows", "Batch", "QueueReport", "Taken", "ingest"]


@transaction.atomic(durable=True)
def ingest(*, batch: Batch, actor: str, now: datetime) -> Taken:
    """Write what the switch reports. Raises `BadRows` naming every unknown queue and agent; then nothing changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketplace_telemetrybatch (id, received_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [batch.id, now],
        )
        if not cursor.rowcount:
            return Taken(queues=len(batch.queues), agents=len(batch.agents), duplicate=True)
    queue_ids, agent_ids = _ids(batch)
    take_queues(batch.queues, queue_ids=queue_ids, actor=actor, now=now)
    agents = take_agents(batch.agents, agent_ids=agent_ids, queue_ids=queue_ids, actor=actor, now=now)
    record(
        kind="telemetry.taken",
        actor=actor,
        at=now,
        data={
            "batch": str(batch.id),
            "queues": len(batch.queues),
            "agents": len(batch.agents),
            "changed": agents.changed,
        },
    )
    return Taken(queues=len(batch.queues), agents=len(batch.agents), off_duty=agents.off_duty)


def _ids(batch: Batch) -> tuple[dict[str, int], dict[str, int]]:
    """Codes → ids of the queues and agents named in the batch; raises `BadRows` for those that nobody knows."""
    queue_codes = {report.queue for report in batch.queues} | {report.queue for report in batch.agents if report.queue}
    agent_codes = {report.agent for report in batch.agents}
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM marketplace_queue WHERE code = ANY(%s)", [list(queue_codes)])
        queues = dict(cursor.fetchall())
        cursor.execute("SELECT code, id FROM accounts_agent WHERE code = ANY(%s)", [list(agent_codes)])
        agents = dict(cursor.fetchall())
    errors = [
        unknown_code(where=f"queues[{nr}].queue", kind="queue", code=report.queue)
        for nr, report in enumerate(batch.queues)
        if report.queue not in queues
    ]
    for nr, report in enumerate(batch.agents):
        if report.agent not in agents:
            errors.append(unknown_code(where=f"agents[{nr}].agent", kind="agent", code=report.agent))
        if report.queue and report.queue not in queues:
            errors.append(unknown_code(where=f"agents[{nr}].queue", kind="queue", code=report.queue))
    if errors:
        raise BadRows(errors)
    return queues, agents
