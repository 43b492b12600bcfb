"""Races on real connections: every thread has its own, and all start at once."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connections

Action = Callable[[], Any]


@pytest.fixture
def race() -> Callable[[Sequence[Action]], list[Any]]:
    """Run the actions at the same moment, each in a thread with a connection; their results, or what they raised."""

    def run(actions: Sequence[Action]) -> list[Any]:
        barrier = threading.Barrier(len(actions))
        results: list[Any] = [None] * len(actions)

        def one(number: int) -> None:
            barrier.wait(timeout=60)
            try:
                results[number] = actions[number]()
            except Exception as problem:  # noqa: BLE001 - the test looks at it
                results[number] = problem
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=(number,)) for number in range(len(actions))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        return results

    return run
