"""Many queues at once, on all cores: child processes that do nothing but compute.

A task of Celery may have no children by `multiprocessing`, so these are programs of our own: they read pickled jobs on
standard input and write pickled answers. What goes wrong with one queue is its answer; the others go on.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import IO

from marketplace.forecasting.history import History
from marketplace.forecasting.make import Made, make_forecast

log = logging.getLogger(__name__)
FEW = 4
"""So few are done here: a child takes a second to start."""
SPOONFUL = 4
"""Jobs handed to a child at a time."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
COMMAND = [sys.executable, "-m", "marketplace.forecasting.many"]


@dataclass(frozen=True, slots=True)
class Job:
    """One queue's forecast; the arguments of `make_forecast`."""

    queue_id: int
    history: History
    since: int
    until: int
    like: History | None = None
    curve: Sequence[float] | None = None


Answer = tuple[int, Made | str]
"""The queue, and its forecast or what went wrong."""


def answer(job: Job) -> Answer:
    """The forecast of one queue, or why there is none."""
    try:
        made = make_forecast(history=job.history, since=job.since, until=job.until, like=job.like, curve=job.curve)
    except Exception as problem:
        log.exception("no forecast of queue %s", job.queue_id)
        return job.queue_id, f"{type(problem).__name__}: {problem}"
    return job.queue_id, made


def forecast_many(jobs: Sequence[Job], *, processes: int | None = None) -> Iterator[Answer]:
    """The answers, in no order, as they come. `processes` defaults to the number of cores that we may use."""
    wanted = processes if processes is not None else len(os.sched_getaffinity(0))
    wanted = min(wanted, -(-len(jobs) // SPOONFUL))
    if wanted < 2 or len(jobs) <= FEW:
        yield from map(answer, jobs)
        return
    portions: SimpleQueue[list[Job]] = SimpleQueue()
    for first in range(0, len(jobs), SPOONFUL):
        portions.put(list(jobs[first : first + SPOONFUL]))
    answers: SimpleQueue[Answer] = SimpleQueue()
    with ThreadPoolExecutor(wanted) as threads:
        for _ in range(wanted):
            threads.submit(_feed, portions, answers)
        for _ in jobs:
            yield answers.get()


def _feed(portions: SimpleQueue[list[Job]], answers: SimpleQueue[Answer]) -> None:
    """Hand portions to a child of our own until there are none. A child that dies leaves its portion to us."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | ONE_THREAD) as child:
        while True:
            try:
                portion = portions.get_nowait()
            except Empty:
                break
            try:
                done = _ask(child, portion)
            except (OSError, EOFError, pickle.UnpicklingError) as problem:
                log.warning("a forecasting process died: %s", problem)
                done = [answer(job) for job in portion]
            for one in done:
                answers.put(one)
        if child.stdin and not child.stdin.closed:
            try:
                child.stdin.close()
            except OSError:
                child.kill()


def _ask(child: subprocess.Popen[bytes], portion: list[Job]) -> list[Answer]:
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    pickle.dump(portion, child.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    child.stdin.flush()
    done: list[Answer] = pickle.load(child.stdout)  # noqa: S301 - our own child wrote it
    return done


def serve(asked: IO[bytes], answered: IO[bytes]) -> None:
    """The child: portions in, answers out, until there is nothing more to read."""
    while True:
        try:
            portion = pickle.load(asked)  # noqa: S301 - our parent wrote it
        except EOFError:
            return
        pickle.dump([answer(job) for job in portion], answered, protocol=pickle.HIGHEST_PROTOCOL)
        answered.flush()


if __name__ == "__main__":
    os.nice(5)
    serve(sys.stdin.buffer, sys.stdout.buffer)
