"""The demo shows what it is for within a minute and a half of its start."""

from itertools import takewhile

import numpy as np
import pytest

from marketplace.simulation.demo import SURGES, customers, demo_bank
from marketplace.staffing.surge import Memory, watch

START = 1_780_000_000.0
REPORT_SECONDS = 1.0


def alarm_after(code: str, *, seed: int) -> float:
    """Seconds from a queue's first surge to its alarm; without one in a minute and a half, for ever."""
    bank = demo_bank()
    queue = [known.code for known in bank.queues].index(code)
    begins = min(surge.begins for surge in SURGES if surge.queue == code)
    reports = np.zeros(int(begins + 90))
    for contact in takewhile(
        lambda one: one.arrived_at < START + len(reports), customers(bank, start=START, seed=seed)
    ):
        reports[int(contact.arrived_at - START)] += contact.queue == queue
    memory = Memory.fresh(1)
    for second, offered in enumerate(reports, start=1):
        expected = bank.forecast(queue=queue, at=START + second)
        memory, found = watch(
            memory=memory, offered=[offered], elapsed_seconds=[REPORT_SECONDS], expected_rate=[expected]
        )
        if found.began[0]:
            return second - begins
    return float("inf")


@pytest.mark.parametrize(("code", "usually", "nearly_always"), [("cards-lost", 25, 40), ("mobile", 35, 60)])
def test_alarm_follows_a_surge_of_the_demo_soon(code: str, usually: float, nearly_always: float) -> None:
    delays = [alarm_after(code, seed=seed) for seed in range(40)]
    assert 0 < np.median(delays) <= usually
    assert np.quantile(delays, 0.9) <= nearly_always
