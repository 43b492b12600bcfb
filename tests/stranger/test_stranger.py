"""A stranger with an empty installation, three files and a token: a surge comes, people are moved, the switch obeys."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.processes import Installation, installation, installed_services, until
from tests.stranger.browser import Browser, found_in
from tests.stranger.call_centre import CallCentre, Joint

AGENTS = [f"s{number:02}" for number in range(16)]
HANDLE_SECONDS = 12.0
QUIET = 0.25
"""Contacts a second in each queue: three of eight agents are busy with them."""
SURGE = 1.4
POLICY, TOKENS = "/admin/marketplace/policy/1/change/", "/admin/accounts/token/add/"
PASSWORD = "a stranger's long password"
pytestmark = pytest.mark.processes


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """An installation on installed services, without the demo. Its ticks come every second, to keep the test short."""
    with (
        installed_services(tmp_path / "redis") as services,
        installation(data=tmp_path / "data", chosen=services | {"GIGCX_TICK_SECONDS": "1"}) as running,
    ):
        yield running


def write_files(folder: Path) -> dict[str, Path]:
    """Queues, duty and counts, as the published file formats have them."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    queues = ["queue,name,target_share,target_seconds,patience_seconds", "sales,Sales,0.8,20,40", "help,Help,0.8,20,40"]
    skills, starts, ends = "sales:3|help:3", now - timedelta(hours=1), now + timedelta(hours=6)
    agents = ["agent,starts_at,ends_at,skills,queue"]
    for number, agent in enumerate(AGENTS):
        agents.append(f"{agent},{starts.isoformat()},{ends.isoformat()},{skills},{('sales', 'help')[number % 2]}")
    counts = ["queue,interval_start,offered,handle_seconds"]
    for queue in ("sales", "help"):
        for step in range(-8, 24):
            start = now - timedelta(days=7) + timedelta(minutes=15 * step)
            offered = round(QUIET * 900)
            counts.append(f"{queue},{start.isoformat()},{offered},{offered * HANDLE_SECONDS}")
    files = {}
    for kind, lines in {"queues": queues, "agents": agents, "counts": counts}.items():
        files[kind] = folder / f"{kind}.csv"
        files[kind].write_text("\n".join(lines) + "\n")
    return files


def become_admin(running: Installation) -> Browser:
    """The first admin, by the link that `up` printed."""
    browser = Browser(running.url)
    link = found_in(running.ready_line, r"(\S+/first-admin/\S+)")
    browser.fill_in(link, name="Sam", email="sam@example.org", password=PASSWORD)
    return browser


def serving(url: str) -> dict[str, str]:
    """Which queue gigcx wants each agent to serve."""
    with psycopg.connect(url) as database:
        rows = database.execute(
            "SELECT g.code, q.code FROM marketplace_assignment s JOIN accounts_agent g ON g.id = s.agent_id"
            " JOIN marketplace_queue q ON q.id = s.queue_id WHERE upper_inf(s.period)"
        ).fetchall()
    return dict(rows)


def test_stranger_is_told_to_move_people_and_obeys(empty: Installation, tmp_path: Path) -> None:
    for kind, file in write_files(tmp_path).items():
        empty.manage("load", kind, file)
    admin = become_admin(empty)
    admin.fill_in(POLICY, dwell_seconds="5", changeover_seconds="1")
    token = found_in(admin.fill_in(TOKENS, name="Our switch", scopes=["telemetry", "assignments"]), r"(gcx_[\w-]+)")
    database = empty.environment["DATABASE_URL"]
    centre = CallCentre({"sales": QUIET, "help": QUIET}, AGENTS, handle_seconds=HANDLE_SECONDS, seed=7)
    with Joint(centre, host=empty.url.removeprefix("http://"), token=token) as joint:

        def moved() -> list[int]:
            assert not joint.problems, f"{joint.problems}\n{empty.logs()}"
            return centre.moves_obeyed

        def placed() -> bool:
            moved()  # says what went wrong
            return all(agent.queue for agent in centre.agents.values())

        until(placed, seconds=90, what="everyone placed")
        assert {agent.queue for agent in centre.agents.values()} == {"sales", "help"}
        with centre.lock:
            centre.lines["sales"].contacts_per_second = SURGE
        until(lambda: len(moved()) >= 3, seconds=120, what=f"three moves to obey\n{empty.logs()}")
        admin.fill_in(POLICY, stopped="on")
        until(
            lambda: serving(database) == {code: agent.queue for code, agent in centre.agents.items()},
            seconds=90,
            what="the floor is as gigcx wants it",
        )
    assert not joint.problems
    look_at_the_database(database, centre, joint)


def look_at_the_database(url: str, centre: CallCentre, joint: Joint) -> None:
    """What gigcx keeps agrees with what the stranger was told and with what the stranger sent."""
    with psycopg.connect(url) as database:
        applied = database.execute(
            "SELECT m.id, q.code, m.gain, m.terms <> '{}' FROM marketplace_move m"
            " JOIN marketplace_queue q ON q.id = m.target_id WHERE m.status = 'applied' AND m.run_id IS NOT NULL"
        ).fetchall()
        moves = {row[0]: row for row in applied}
        assert set(centre.moves_obeyed) <= set(moves)
        assert "sales" in {row[1] for row in applied}
        assert all(gain > 0 and says_why for _, _, gain, says_why in applied)
        batches = database.execute("SELECT id::text FROM marketplace_telemetrybatch").fetchall()
        assert {row[0] for row in batches} == {batch["batch_id"] for batch in joint.batches}
        board = database.execute(
            "SELECT q.code, n.waiting, n.longest_wait_seconds FROM marketplace_queuenow n"
            " JOIN marketplace_queue q ON q.id = n.queue_id"
        ).fetchall()
        last = {row["queue"]: row for row in joint.batches[-1]["queues"]}
        assert {code: (waiting, longest) for code, waiting, longest in board} == {
            code: (row["waiting"], row["longest_wait_seconds"]) for code, row in last.items()
        }
        totals = database.execute(
            "SELECT q.code, i.offered, i.answered, i.abandoned FROM marketplace_interval i"
            " JOIN marketplace_queue q ON q.id = i.queue_id"
            " WHERE i.seconds = 60 ORDER BY i.starts_at DESC LIMIT 2"
        ).fetchall()
        assert {row[0]: row[1:] for row in totals} == {
            code: (row["offered"], row["answered"], row["abandoned"]) for code, row in last.items()
        }
