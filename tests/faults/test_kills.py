"""kill -9 of each part, several times, at its worst moment: all goes on by itself and nothing is lost or doubled."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from tests.faults.floor import Floor, until
from tests.faults.whole import UNPUBLISHED, assert_whole

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE %s
"""
LAST_MOVE = "SELECT coalesce(max(id), 0) FROM marketplace_move"

pytestmark = pytest.mark.processes


@contextmanager
def tick_stopped_half_way(floor: Floor) -> Iterator[None]:
    """A tick that has written its moves and waits, in its transaction, to write the assignments.

    It holds the agents meanwhile, so the report that calls for it may have to wait as well: that comes from a thread.
    """
    with (
        ThreadPoolExecutor(1) as switch,
        psycopg.connect(floor.environment["DATABASE_URL"]) as connection,
    ):
        connection.execute("LOCK TABLE marketplace_assignment IN SHARE MODE")
        rush = switch.submit(floor.rush)
        until(lambda: floor.count(WAITING, "%marketplace_assignment%"), seconds=90, what="a tick is half way")
        yield
        connection.close()
        rush.result(timeout=120)


@pytest.mark.parametrize("turn", range(3))
def test_worker_killed_in_mid_tick_loses_and_doubles_nothing(floor: Floor, turn: int) -> None:
    before = floor.count(LAST_MOVE)
    with tick_stopped_half_way(floor):
        drawn = floor.count("SELECT last_value FROM marketplace_move_id_seq")
        floor.kill("worker")
    floor.gathers()
    assert drawn > before  # it had written its moves …
    assert floor.sql("SELECT id FROM marketplace_move WHERE id > %s AND id <= %s", before, drawn) == []  # … for nothing
    assert_whole(floor)


@pytest.mark.parametrize("turn", range(3))
def test_database_killed_in_mid_tick_keeps_all_it_acknowledged(floor: Floor, turn: int) -> None:
    with tick_stopped_half_way(floor):
        floor.kill("postgres")
    floor.gathers()
    floor.moves_people()
    assert_whole(floor)


@pytest.mark.parametrize("turn", range(3))
def test_broker_killed_is_found_again_by_all(floor: Floor, turn: int) -> None:
    floor.rush()
    floor.kill("broker")
    floor.gathers()
    floor.moves_people()
    assert_whole(floor)


@pytest.mark.parametrize("turn", range(3))
def test_relay_killed_in_mid_round_publishes_every_entry(floor: Floor, turn: int) -> None:
    until(lambda: floor.count(UNPUBLISHED) == 0, seconds=90, what="the outbox is empty")
    with psycopg.connect(floor.environment["DATABASE_URL"]) as connection:
        # whoever gives out the next position waits for us to let go of it
        connection.execute(
            "INSERT INTO ledger_entry (at, kind, actor, subject, data, position)"
            " SELECT now(), 'test', '', '', '{}', max(position) + 1 FROM ledger_entry"
        )
        floor.report()
        until(lambda: floor.count(WAITING, "%ledger_entry%"), seconds=90, what="the relay is half way")
        floor.kill("relay")
        connection.rollback()
    assert_whole(floor)
    floor.moves_people()
    assert_whole(floor)


@pytest.mark.parametrize("turn", range(2))
def test_web_process_killed_is_back_before_callers_give_up(floor: Floor, turn: int) -> None:
    floor.kill("web")
    floor.report()
    assert_whole(floor)


def test_every_part_killed_at_once_comes_back(floor: Floor) -> None:
    for name in ("broker", "worker", "relay", "beat", "web", "postgres"):
        floor.kill(name)
    floor.moves_people()
    assert_whole(floor)
