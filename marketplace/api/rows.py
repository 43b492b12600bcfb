"""From what a switch sent to a `Batch`, or to a list of everything that is wrong with it."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from marketplace.actions.reports import AgentReport, Batch, QueueReport, unknown_code
from marketplace.api import fields
from marketplace.api.fields import Reader
from marketplace.queries.codes import unknown_codes

Fault = dict[str, str]
Fields = dict[str, tuple[Reader, object]]
"""For each name how to read it, and its value where it is missing."""
Report = TypeVar("Report")
CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a switch's clock may run ahead of ours."""
REQUIRED = object()


def read_batch(sent: object, *, now: datetime) -> tuple[Batch | None, list[Fault]]:
    """The batch, or None and every fault: each with `where` (such as `queues[3].waiting`) and `detail`."""
    if not isinstance(sent, dict):
        return None, [{"where": "", "detail": "must be an object with batch_id, sent_at, queues and agents"}]
    faults: list[Fault] = []
    instant = fields.instant_until(now + CLOCK_TOLERANCE)
    head = _read_row(sent, {"batch_id": (_uuid, REQUIRED), "sent_at": (instant, REQUIRED)}, "", faults)
    bare, interval = _queue_fields(instant), _interval_fields(instant)
    full = bare | interval
    queues = _read_rows(
        sent.get("queues"),
        QueueReport,
        lambda row: bare if interval.keys().isdisjoint(row) else full,
        "queues",
        faults,
    )
    agent = _agent_fields(instant)
    agents = _read_rows(sent.get("agents"), AgentReport, lambda _row: agent, "agents", faults)
    for number, report in enumerate(queues):
        if report and report.answered_in_target > report.answered:
            faults.append({"where": f"queues[{number}].answered_in_target", "detail": "is more than answered"})
    if not faults:
        whole_queues, whole_agents = tuple(filter(None, queues)), tuple(filter(None, agents))
        return Batch(id=head["batch_id"], sent_at=head["sent_at"], queues=whole_queues, agents=whole_agents), []
    return None, faults + _unknown(queues, agents)


def _queue_fields(instant: Reader) -> Fields:
    return {
        "queue": (fields.code, REQUIRED),
        "at": (instant, REQUIRED),
        "waiting": (fields.count, REQUIRED),
        "longest_wait_seconds": (fields.seconds, 0.0),
    }


def _interval_fields(instant: Reader) -> Fields:
    """The totals of an interval come all together or not at all."""
    return {
        "interval_start": (instant, REQUIRED),
        "interval_seconds": (fields.interval_seconds, REQUIRED),
        "offered": (fields.count, REQUIRED),
        "answered": (fields.count, REQUIRED),
        "answered_in_target": (fields.count, REQUIRED),
        "abandoned": (fields.count, REQUIRED),
        "handle_seconds": (fields.seconds, REQUIRED),
    }


def _agent_fields(instant: Reader) -> Fields:
    return {
        "agent": (fields.code, REQUIRED),
        "at": (instant, REQUIRED),
        "presence": (fields.presence, REQUIRED),
        "reason": (fields.reason, ""),
        "queue": (fields.code_or_none, None),
    }


def _read_rows(
    rows: object,
    make: Callable[..., Report],
    fields_of: Callable[[dict[str, Any]], Fields],
    where: str,
    faults: list[Fault],
) -> list[Report | None]:
    """A report for each row, None for one with a fault; a missing list is an empty one."""
    if rows is None:
        return []
    if not isinstance(rows, list):
        faults.append({"where": where, "detail": "must be a list"})
        return []
    reports: list[Report | None] = []
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            faults.append({"where": f"{where}[{number}]", "detail": "must be an object"})
            reports.append(None)
            continue
        found = len(faults)
        values = _read_row(row, fields_of(row), f"{where}[{number}]", faults)
        reports.append(make(**values) if len(faults) == found else None)
    return reports


def _read_row(row: dict[str, Any], known: Fields, where: str, faults: list[Fault]) -> dict[str, Any]:
    """The values of the known fields; each fault goes on the list. Fields we do not know are ignored."""
    values: dict[str, Any] = {}
    for name, (read, default) in known.items():
        value = row.get(name, default)
        if value is default:
            if default is REQUIRED:
                faults.append({"where": f"{where}.{name}".lstrip("."), "detail": "is missing"})
            values[name] = default
            continue
        try:
            values[name] = read(value)
        except ValueError as fault:
            faults.append({"where": f"{where}.{name}".lstrip("."), "detail": str(fault)})
    return values


def _uuid(value: object) -> uuid.UUID:
    if isinstance(value, str):
        try:
            return uuid.UUID(value)
        except ValueError:
            pass
    raise ValueError("must be a UUID: the same one when the same batch is sent again, another for each other batch")


def _unknown(queues: list[QueueReport | None], agents: list[AgentReport | None]) -> list[Fault]:
    """Codes that nobody has, in the rows that are well formed; `ingest` says so itself where all rows are."""
    named: list[tuple[str, str, str]] = []
    for number, queue in enumerate(queues):
        if queue:
            named.append((f"queues[{number}].queue", "queue", queue.queue))
    for number, agent in enumerate(agents):
        if agent:
            named.append((f"agents[{number}].agent", "agent", agent.agent))
            if agent.queue is not None:
                named.append((f"agents[{number}].queue", "queue", agent.queue))
    unknown = unknown_codes(
        queues={code for _, kind, code in named if kind == "queue"},
        agents={code for _, kind, code in named if kind == "agent"},
    )
    return [unknown_code(where=where, kind=kind, code=code) for where, kind, code in named if (kind, code) in unknown]
