"""What `manage.py up` plans to start, before it starts anything."""

import os
import re
import select
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from gigcx import embedded, up
from gigcx.supervisor import Failed

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("port", ["eighty", "-1", "65536", "80 80"])
def test_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Failed, match=f"PORT={port} is no port"):
        up.bind({"PORT": port})


def test_host_that_is_not_ours_is_refused_with_the_way_out() -> None:
    with pytest.raises(Failed, match=r"Cannot use 192\.0\.2\.1:0: .*Choose another"):
        up.bind({"HOST": "192.0.2.1", "PORT": "0"})


def test_plan_fills_in_what_the_environment_leaves_open(tmp_path: Path) -> None:
    with up.bind({"PORT": "0"}) as listener:
        run = up.plan({"GIGCX_DATA": str(tmp_path)}, listener, wants_demo=True)
        again = up.plan({"GIGCX_DATA": str(tmp_path)}, listener, wants_demo=True)
    port = run.url.rpartition(":")[2]
    assert run.url == f"http://127.0.0.1:{port}"
    assert run.environment["DATABASE_URL"] == embedded.database_url(tmp_path)
    assert run.environment["GIGCX_SECRET_KEY"] == again.environment["GIGCX_SECRET_KEY"]
    assert run.environment["GIGCX_ALLOWED_HOSTS"].split(",") == ["localhost", "127.0.0.1", "[::1]"]
    assert (run.embedded_database, run.embedded_broker) == (True, True)


def test_plan_keeps_what_the_environment_says(tmp_path: Path) -> None:
    given = {
        "GIGCX_DATA": str(tmp_path),
        "DATABASE_URL": "postgresql://elsewhere/gigcx",
        "CELERY_BROKER_URL": "rediss://elsewhere",
        "GIGCX_URL": "https://gigs.example.org",
        "GIGCX_SECRET_KEY": "mine",
    }
    with up.bind({"PORT": "0"}) as listener:
        run = up.plan(given, listener, wants_demo=False)
    assert {name: run.environment[name] for name in given} == given
    assert (run.embedded_database, run.embedded_broker) == (False, False)
    assert "gigs.example.org" in run.environment["GIGCX_ALLOWED_HOSTS"].split(",")


def test_as_many_web_processes_as_are_asked_for_each_with_its_own_listener(tmp_path: Path) -> None:
    given = {"GIGCX_DATA": str(tmp_path), "PORT": "0", "WEB_CONCURRENCY": "3"}
    with up.bind(given) as listener:
        run = up.plan(given, listener, wants_demo=False)
        with up.listening(run) as listeners:
            webs = [program for program in up.programs(run, listeners) if program.name.startswith("web")]
            assert [program.name for program in webs] == ["web", "web-2", "web-3"]
            assert len({tuple(program.pass_fds) for program in webs}) == 3
            # uvicorn reads it too, and would start so many more
            assert {program.environment["WEB_CONCURRENCY"] for program in webs} == {"1"}
            assert [one.getsockname() for one in listeners] == [listener.getsockname()] * 3
            assert len(reached(listeners, up._reachable_at(listener))) == 3


def reached(listeners: Sequence[socket.socket], address: tuple[str, int]) -> set[int]:
    """Which of the listeners get something of many connections."""
    found = set()
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(socket.create_connection(address, timeout=60))
            ready, _, _ = select.select(listeners, [], [], 60)
            for listener in ready:
                stack.enter_context(listener.accept()[0])
                found.add(listeners.index(listener))
    return found


def test_no_connection_keeps_the_body_of_an_answer_back(tmp_path: Path) -> None:
    given = {"GIGCX_DATA": str(tmp_path), "PORT": "0", "WEB_CONCURRENCY": "2"}
    with up.bind(given) as listener, up.listening(up.plan(given, listener, wants_demo=False)) as listeners:
        for _ in range(20):
            with socket.create_connection(up._reachable_at(listener), timeout=60):
                ready, _, _ = select.select(listeners, [], [], 60)
                with ready[0].accept()[0] as taken:
                    assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_address_is_shared_with_no_other_run(tmp_path: Path) -> None:
    given = {"GIGCX_DATA": str(tmp_path), "PORT": "0", "WEB_CONCURRENCY": "2"}
    with up.bind(given) as listener:
        port = str(listener.getsockname()[1])
        run = up.plan(given, listener, wants_demo=False)
        with up.bind(given | {"PORT": port}) as rival:  # both may take it while neither listens
            late = up.plan(given, rival, wants_demo=False)
            with up.listening(run):
                with pytest.raises(Failed, match=r"Cannot listen at .*Choose another"), up.listening(late):
                    pass
                with pytest.raises(Failed, match=f"Cannot use 127.0.0.1:{port}"):
                    up.bind(given | {"PORT": port})


@pytest.mark.parametrize("number", ["0", "-1", "two"])
def test_number_of_web_processes_that_is_none_is_refused(number: str) -> None:
    with pytest.raises(Failed, match=f"WEB_CONCURRENCY={number} is no number"):
        up.web_processes({"WEB_CONCURRENCY": number})


@pytest.mark.parametrize(("cores", "processes"), [(None, 1), (1, 1), (2, 2), (64, 2)])
def test_web_processes_are_as_many_as_cores_but_leave_some(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, processes: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert up.web_processes({}) == processes


def test_every_address_of_the_machine_is_allowed_where_all_are_served(tmp_path: Path) -> None:
    with up.bind({"PORT": "0", "HOST": "0.0.0.0"}) as listener:
        run = up.plan({"GIGCX_DATA": str(tmp_path)}, listener, wants_demo=False)
    allowed = run.environment["GIGCX_ALLOWED_HOSTS"].split(",")
    assert socket.gethostname() in allowed
    assert "*" not in allowed
    assert run.url.startswith("http://127.0.0.1:")


def test_ready_line_gives_the_logins_only_where_the_demo_plays(tmp_path: Path) -> None:
    with up.bind({"PORT": "0"}) as listener:
        run = up.plan({"GIGCX_DATA": str(tmp_path)}, listener, wants_demo=True)
    assert up.ready_line(run, "") == f"gigcx is ready at {run.url}"
    assert up.ready_line(run, "http://x/y").endswith("make the first admin, once, at http://x/y")
    run.switch_token.write_text("token")
    assert re.findall(r"\w+@example\.org", up.ready_line(run, "")) == [
        "ada@example.org",
        "dov@example.org",
        "mina@example.org",
    ]


def test_procfile_starts_what_up_keeps_running() -> None:
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line[0] != "#")
    assert set(procfile) == {"release", "web", "worker", "beat", "relay"}
    assert all(command.startswith("python -m ") for command in procfile.values())  # never the bootstrap
