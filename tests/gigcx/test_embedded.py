"""The embedded PostgreSQL and broker, started for real."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from gigcx import embedded, processes
from gigcx.embedded import broker, postgres, services
from gigcx.supervisor import Failed, Supervisor

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.processes


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder that any user may reach, for what has no services chosen."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    folder = Path(tempfile.mkdtemp(prefix="gigcx-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def postmaster(data: Path) -> int:
    """The process that says it runs the database; 0 while none does."""
    mark = data / "postgres" / "cluster" / "postmaster.pid"
    return int((mark.read_text().split() or ["0"])[0]) if mark.exists() else 0


def back(data: Path, leader: int) -> bool:
    """Whether both answer, the database under another process than `leader`."""
    answer = postgres.answers(embedded.database_url(data)) and broker.answers(data)
    return answer and postmaster(data) not in {0, leader}


def write_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        return int(connection.execute("SELECT count(*) FROM kept").fetchone()[0])


def test_url_leads_to_its_folder_whatever_the_letters(tmp_path: Path) -> None:
    data = tmp_path / "Übungs Daten%+@:é"
    data.mkdir()
    settings = dj_database_url.parse(embedded.database_url(data))
    assert settings["HOST"] == str(embedded.socket_folder(data))
    assert settings["NAME"] == "gigcx"
    parts = psycopg.conninfo.conninfo_to_dict(embedded.database_url(data))
    assert parts["host"] == str(embedded.socket_folder(data))


def test_socket_path_of_a_deep_project_stays_short_enough_for_the_kernel(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20) / "var"
    longest = embedded.socket_folder(deep) / ".s.PGSQL.5432.lock"
    assert len(os.fsencode(longest)) < 108
    assert embedded.socket_folder(deep) != embedded.socket_folder(deep.with_name("other"))
    assert embedded.socket_folder(deep) == embedded.socket_folder(deep)


def test_services_in_a_deep_folder_answer(data: Path) -> None:
    deep = data / ("deep" * 20)
    with services.running(deep, careless=True) as found:
        write_row(found["DATABASE_URL"])
        assert broker.answers(deep)
    assert not embedded.socket_folder(deep).exists()


def test_relative_data_folder_is_taken_from_where_the_command_runs(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.chdir(data)
    assert embedded.data_folder({"GIGCX_DATA": "mine"}) == data.resolve() / "mine"
    assert embedded.data_folder({}) == ROOT / "var"


def test_foreign_socket_folder_is_refused(data: Path) -> None:
    (data / "run").symlink_to("/tmp")  # as somebody might prepare it in a shared temporary folder
    with pytest.raises(Failed, match="belongs to somebody else"):
        embedded.make_folders(data)


def test_throwaway_services_work_and_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    seen: list[tuple[Path, int]] = []

    def fail_at_work() -> None:
        with services.throwaway() as found:
            write_row(found["DATABASE_URL"])
            seen.append((Path(found["GIGCX_DATA"]), postmaster(Path(found["GIGCX_DATA"]))))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_at_work()
    ((data, leader),) = seen
    assert not data.exists()
    assert not Path(f"/proc/{leader}").exists()


def test_chosen_services_are_used_as_they_are(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/real")
    monkeypatch.setenv("CELERY_BROKER_URL", "rediss://elsewhere")
    with services.running(data) as found:
        assert found == {"DATABASE_URL": "postgresql://elsewhere/real", "CELERY_BROKER_URL": "rediss://elsewhere"}
        assert not (data / "postgres").exists()
        assert not broker.answers(data)


def test_interrupted_initdb_is_never_taken_for_a_database(data: Path) -> None:
    embedded.make_folders(data)
    server = postgres.server(data)
    process = server.initialise().start(data / "log")
    wait_for((server.home / "cluster.new").exists)
    processes.sweep(process)
    assert not server.cluster.exists()
    with services.running(data, careless=True) as found:
        write_row(found["DATABASE_URL"])


def test_killed_database_and_broker_come_back_with_what_they_held(data: Path, tmp_path: Path) -> None:
    url = embedded.database_url(data)
    with Supervisor(logs=tmp_path, say=lambda _text: None) as supervisor:
        services.keep(supervisor, data)
        supervisor.until(lambda: postgres.answers(url), seconds=60, problem="no database")
        for kill in range(1, 4):
            write_row(url)
            assert command(data, "INCR", "kept") == f":{kill}"
            leader = postmaster(data)
            os.kill(leader, signal.SIGKILL)
            os.kill(broker_process(data), signal.SIGKILL)
            supervisor.until(partial(back, data, leader), seconds=60, problem="no return")
            assert rows(url) == kill
        assert command(data, "GET", "kept") == "$1"


def test_services_that_have_to_be_killed_at_the_stop_leave_nothing(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gigcx.supervisor.STOP_FOUNDATION_SECONDS", 0.2)
    with Supervisor(logs=tmp_path, say=lambda _text: None) as supervisor:
        services.keep(supervisor, data)
        stuck = [postmaster(data), broker_process(data)]
        for process_id in stuck:
            os.kill(process_id, signal.SIGSTOP)  # deaf to what asks it to end
        assert len(list(embedded.socket_folder(data).iterdir())) == 3
    assert not any(Path(f"/proc/{process_id}").exists() for process_id in stuck)
    assert processes.working_in(postgres.server(data).cluster, program="postgres") == []
    assert list(embedded.socket_folder(data).iterdir()) == []


def test_database_left_by_a_killed_run_is_ended_before_the_next(data: Path) -> None:
    with services.running(data, careless=True) as found:
        write_row(found["DATABASE_URL"])
    orphan = start_orphan(data)
    assert postmaster(data) == orphan
    with services.running(data, careless=True) as found:
        assert rows(found["DATABASE_URL"]) == 1
        assert postmaster(data) != orphan


def test_stranger_in_the_database_folder_is_left_alone(data: Path) -> None:
    with services.running(data, careless=True):
        pass
    stranger = subprocess.Popen(["sleep", "60"], cwd=data / "postgres" / "cluster")
    try:
        with services.running(data, careless=True):
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_mark_with_a_strangers_number_does_not_stop_the_start(data: Path) -> None:
    with services.running(data, careless=True):
        mark = (data / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()
    mark[0] = str(os.getpid())  # alive, and no PostgreSQL
    (data / "postgres" / "cluster" / "postmaster.pid").write_text("\n".join(mark) + "\n")
    (embedded.socket_folder(data) / ".s.PGSQL.5432.lock").write_text("\n".join(mark) + "\n")
    with services.running(data, careless=True) as found:
        write_row(found["DATABASE_URL"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_namespaces_runs_it_as_nobody_and_back(data: Path) -> None:
    embedded.make_folders(data)
    with services.running(data, careless=True) as found:
        write_row(found["DATABASE_URL"])
    server = postgres.server(data, careless=True, namespaces=False)
    process = server.program().start(data / "log")
    try:
        wait_for(lambda: postgres.answers(embedded.database_url(data)))
        assert rows(embedded.database_url(data)) == 1
        assert Path(f"/proc/{process.pid}").stat().st_uid != 0
        write_row(embedded.database_url(data))
    finally:
        processes.end([(process, signal.SIGINT)], seconds=10)
    with services.running(data, careless=True) as found:
        assert rows(found["DATABASE_URL"]) == 2


def test_second_run_on_the_same_data_is_refused_and_names_the_first(data: Path) -> None:
    with services.locked(data), pytest.raises(Failed, match=f"already running on {data} \\(process {os.getpid()}\\)"):
        services.locked(data).__enter__()
    with services.locked(data):
        pass  # the lock is free again


def test_command_starts_the_services_only_where_none_run(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGCX_DATA", str(data))
    with services.for_command("load"):
        url, first = os.environ.pop("DATABASE_URL"), postmaster(data)
        with services.for_command("load"):  # as in another terminal
            assert os.environ["DATABASE_URL"] == url
            assert postmaster(data) == first
        assert postgres.answers(url)
    assert not postgres.answers(url)


def test_command_that_needs_no_database_starts_none(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGCX_DATA", str(data))
    with services.for_command("replay"):
        assert "DATABASE_URL" not in os.environ
    assert list(data.iterdir()) == []


def command(data: Path, *words: str) -> str:
    """One command to the broker, in its own protocol; the first line of the answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(embedded.broker_socket(data)))
        connection.sendall((" ".join(words) + "\r\n").encode())
        return connection.recv(256).decode().splitlines()[0]


def broker_process(data: Path) -> int:
    (found,) = processes.working_in(data / "broker", program="valkey-server")
    return found


def start_orphan(data: Path) -> int:
    """A PostgreSQL whose run was killed and that did not notice, as happens where the kernel cannot tell it."""
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from gigcx import embedded, processes
from gigcx.embedded import postgres
processes._libc = None
data = Path({str(data)!r})
process = postgres.server(data, careless=True).program().start(data / "log")
while not postgres.answers(embedded.database_url(data)):
    pass
print(process.pid, flush=True)
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=150)
    return int(answer.stdout)
