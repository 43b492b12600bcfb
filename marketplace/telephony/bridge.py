"""Joins a switch to gigcx: says every second how it is, and has it obey what is wanted.

Two threads with a connection each, since the wait for assignments must not hold up telemetry. Whatever fails is tried
again with back-off; nothing needs to be kept for later, because telemetry sends totals and states, never differences.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from marketplace.telephony.client import Client, Rejected, Unavailable
from marketplace.telephony.switch import Switch, Wish

log = logging.getLogger(__name__)
TELEMETRY_SECONDS = 1.0
WHOLE_FLOOR_SECONDS = 60.0
"""Every agent is reported at least this often, so that gigcx is right again whatever was lost."""
FIRST_RETRY_SECONDS = 0.25
LONGEST_RETRY_SECONDS = 10.0
ANSWER_SECONDS = 10.0
HELD_SECONDS = 25.0
"""How long gigcx holds a request for assignments open at most."""


class Bridge:
    """One switch and its two connections."""

    def __init__(self, *, switch: Switch, url: str, token: str, period_seconds: float = TELEMETRY_SECONDS) -> None:
        self._switch = switch
        self._period = period_seconds
        self._outward = Client(url=url, token=token, patience_seconds=ANSWER_SECONDS)
        self._inward = Client(url=url, token=token, patience_seconds=HELD_SECONDS + ANSWER_SECONDS)
        self._stopped = threading.Event()
        self._reported_whole_at = -math.inf
        self._reported_until = time.time()
        self._cursor: str | None = None

    def run(self) -> None:
        """Go on until `stop` is called."""
        follower = threading.Thread(target=self._repeat, args=(self.follow_once,), name="assignments", daemon=True)
        follower.start()
        self._repeat(self._report_then_wait)
        follower.join(timeout=0.5)

    def stop(self) -> None:
        """End `run` at once; to be called from another thread, never from a signal handler of the one that runs."""
        self._stopped.set()
        self._inward.close()
        self._outward.close()

    def report_once(self) -> dict[str, Any]:
        """Send one batch; what was taken of it. Raises `Unavailable` or `Rejected`."""
        at = time.time()
        now, whole_at = time.monotonic(), self._reported_whole_at
        whole = now - whole_at >= WHOLE_FLOOR_SECONDS
        self._reported_whole_at = -math.inf  # until this batch has arrived, nobody knows what gigcx knows
        taken = self._outward.send_telemetry(
            sent_at=datetime.fromtimestamp(at, UTC),
            queues=self._switch.queue_rows(since=self._reported_until),
            agents=self._switch.agent_rows(all_of_them=whole),
        )
        self._reported_whole_at = now if whole else whole_at
        self._reported_until = at
        return taken

    def follow_once(self) -> None:
        """Fetch what is wanted, waiting for it if there is nothing new, and obey. Raises as `report_once`."""
        try:
            found = self._inward.follow_assignments(after=self._cursor)
        except Rejected:
            self._cursor = None  # it may be from before gigcx lost or changed its data: start with everything
            raise
        self._switch.obey([_wish(result) for result in found["results"]], all_of_them=self._cursor is None)
        self._cursor = found["next"]

    def _report_then_wait(self) -> None:
        began = time.monotonic()
        self.report_once()
        self._stopped.wait(max(0.0, self._period - (time.monotonic() - began)))

    def _repeat(self, step: Callable[[], object]) -> None:
        failures = 0
        while not self._stopped.is_set():
            try:
                step()
                failures = 0
            except (Unavailable, Rejected) as problem:
                if self._stopped.is_set():
                    return
                failures += 1
                level = logging.INFO if failures == 1 else logging.WARNING
                log.log(level, "%s: %s; trying again", threading.current_thread().name, problem)
                self._stopped.wait(_pause(failures))


def _pause(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling, with jitter, lest many switches march in step."""
    longest = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** min(failures - 1, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def _wish(result: dict[str, Any]) -> Wish:
    return Wish(agent=result["agent"], queue=result["queue"], ready=result["ready"], reason=result["reason"])
