"""From the rows of the files to the world that a replay plays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from pathlib import Path

import numpy as np
from numpy.random import default_rng

from marketplace.matching.state import NOWHERE, FloatArray
from marketplace.simulation.calls import DEFAULT_HANDLE_CV, DEFAULT_HANDLE_SECONDS, Contact, Duty, Queue, World
from marketplace.simulation.customers import draw_handle_seconds
from marketplace.simulation.expect import Counts, Expectation, played
from marketplace.simulation.files import Reading
from marketplace.simulation.tables import (
    CallRow,
    CountRow,
    DutyRow,
    QueueRow,
    read_calls,
    read_counts,
    read_duties,
    read_queues,
)


@dataclass(frozen=True, slots=True)
class Given:
    """Everything a replay was given, ready to play."""

    world: World
    expectation: Expectation
    notes: tuple[str, ...]


def gather(
    *,
    calls: Path,
    agents: Path,
    queues: Path | None = None,
    history: Path | None = None,
    zone: tzinfo = UTC,
    seed: int = 1,
) -> Given:
    """Read the files of a replay. `BadFileError` names every bad row of all of them."""
    reading = Reading()
    call_rows = read_calls(calls, reading=reading, zone=zone)
    duty_rows = read_duties(agents, reading=reading, zone=zone)
    queue_rows = read_queues(queues, reading=reading) if queues else []
    count_rows = read_counts(history, reading=reading, zone=zone) if history else []
    codes = _codes(queue_rows, call_rows, count_rows)
    if codes or not reading.problems:
        # where the other files could not be read, that no queue is known is their fault, and is said already
        _refuse_unknown(duty_rows, set(codes), file=agents.name, reading=reading)
    reading.raise_problems()
    index = {code: position for position, code in enumerate(codes)}
    first = min((row.arrived_at.timestamp() for row in call_rows), default=0.0)
    made = _queues(codes, queue_rows, _assumed_handle_seconds(count_rows, before=first))
    world = World(
        queues=made,
        agents=tuple(dict.fromkeys(row.agent for row in duty_rows)),
        duties=_duties(duty_rows, index),
        contacts=draw_contacts(call_rows, index, made, seed=seed),
    )
    return Given(world, _expectation(count_rows, index, world, zone), tuple(reading.notes))


def draw_contacts(
    rows: Sequence[CallRow], index: dict[str, int], queues: Sequence[Queue], *, seed: int
) -> tuple[Contact, ...]:
    """The calls in order of arrival, with what the file leaves open drawn from the seed.

    Each queue has its own stream and each call its own draws, used or not: filling in a cell changes no other call.
    """
    by_queue: dict[int, list[CallRow]] = defaultdict(list)
    for row in rows:
        by_queue[index[row.queue]].append(row)
    contacts = []
    for queue, calls in sorted(by_queue.items()):
        rng = default_rng([seed, queue])
        mean, cv = _handle_moments([row.handle_seconds for row in calls if row.handle_seconds is not None])
        handle = draw_handle_seconds(rng, mean=mean, cv=cv, count=len(calls))
        patience = rng.exponential(queues[queue].patience_seconds, len(calls))
        for row, drawn_handle, drawn_patience in zip(calls, handle.tolist(), patience.tolist(), strict=True):
            contacts.append(
                Contact(
                    queue=queue,
                    arrived_at=row.arrived_at.timestamp(),
                    handle_seconds=drawn_handle if row.handle_seconds is None else row.handle_seconds,
                    patience_seconds=drawn_patience if row.patience_seconds is None else row.patience_seconds,
                )
            )
    return tuple(sorted(contacts, key=lambda contact: contact.arrived_at))


def _handle_moments(seconds: Sequence[float]) -> tuple[float, float]:
    """Mean and CV of the handle times in the file; the defaults where it has none, or only one."""
    if not seconds:
        return DEFAULT_HANDLE_SECONDS, DEFAULT_HANDLE_CV
    mean = float(np.mean(seconds))
    if len(seconds) == 1 or mean == 0.0:
        return mean, DEFAULT_HANDLE_CV
    return mean, float(np.std(seconds, ddof=1)) / mean


def _codes(queues: Iterable[QueueRow], calls: Iterable[CallRow], counts: Iterable[CountRow]) -> list[str]:
    """All queues there are, those of the queues file first."""
    listed = [row.queue for row in queues]
    return list(dict.fromkeys([*listed, *sorted({row.queue for row in calls} | {row.queue for row in counts})]))


def _refuse_unknown(rows: Iterable[DutyRow], known: set[str], *, file: str, reading: Reading) -> None:
    for row in rows:
        unknown = [queue for queue, _ in row.skills if queue not in known]
        for queue in unknown:
            reading.complain(
                file, row.line, "skills", f"queue {queue} is in no other file, correct it or add the queue"
            )
        if row.queue and row.queue not in known:
            reading.complain(file, row.line, "queue", f"{row.queue} is in no other file, correct it or add the queue")


def _assumed_handle_seconds(counts: Iterable[CountRow], *, before: float) -> dict[str, float]:
    """Mean handle time by queue in the history before the first call; queues without any are left out."""
    seconds: dict[str, float] = defaultdict(float)
    offered: dict[str, int] = defaultdict(int)
    for count in counts:
        if count.handle_seconds is not None and count.interval_start.timestamp() < before:
            seconds[count.queue] += count.handle_seconds
            offered[count.queue] += count.offered
    return {queue: seconds[queue] / offered[queue] for queue in seconds if offered[queue] and seconds[queue]}


def _queues(codes: Sequence[str], rows: Iterable[QueueRow], assumed: dict[str, float]) -> tuple[Queue, ...]:
    """Each queue with its figures; the defaults where the queues file does not name it."""
    known = {
        row.queue: Queue(
            code=row.queue,
            name=row.name,
            department=row.department,
            channel=row.channel,
            target_share=row.target_share,
            target_seconds=row.target_seconds,
            patience_seconds=row.patience_seconds,
            priority=row.priority,
            opens=row.opens,
            closes=row.closes,
        )
        for row in rows
    }
    return tuple(
        replace(known.get(code, Queue(code=code)), handle_seconds=assumed.get(code, DEFAULT_HANDLE_SECONDS))
        for code in codes
    )


def _duties(rows: Iterable[DutyRow], index: dict[str, int]) -> tuple[Duty, ...]:
    numbers: dict[str, int] = {}
    return tuple(
        Duty(
            agent=numbers.setdefault(row.agent, len(numbers)),
            starts_at=row.starts_at.timestamp(),
            ends_at=row.ends_at.timestamp(),
            skills=tuple(sorted((index[queue], level) for queue, level in row.skills)),
            queue=index[row.queue] if row.queue else NOWHERE,
            at_home=row.site.upper() == "HOME",
        )
        for row in rows
    )


def _expectation(counts: Sequence[CountRow], index: dict[str, int], world: World, zone: tzinfo) -> Expectation:
    if not counts:
        return played(world.contacts, queues=len(world.queues), zone=zone)
    starts = sorted({row.interval_start.timestamp() for row in counts})
    step: FloatArray = np.diff(starts)
    return Counts(
        ((index[row.queue], row.interval_start.timestamp(), float(row.offered)) for row in counts),
        queues=len(world.queues),
        zone=zone,
        interval_seconds=float(step.min()) if len(step) else 900.0,
    )
