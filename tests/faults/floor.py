"""A whole gigcx under `manage.py up`, a small floor on it, and the means to kill its processes one by one."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from gigcx import embedded

ROOT = Path(__file__).resolve().parents[2]
AGENTS = [f"a{number:02}" for number in range(1, 25)]
QUEUES = ("CARDS", "LOANS")
REPORT_SECONDS = 5.0
WORDS = {
    "worker": b"worker",
    "beat": b"beat",
    "relay": b"relay",
    "web": b"gigcx.asgi:application",
    "broker": b"valkey-server",
    "postgres": b"/bin/postgres",
}
"""How to tell the children of `up` apart by their command lines."""
SEED = """
import sys
import django; django.setup()
from django.core.management import call_command
from django.utils import timezone
from gigcx.accounts.tokens import issue_token
from gigcx.accounts.models import Department
from marketplace.models import Policy
from marketplace.matching.state import Mode
for kind in ("queues", "people", "agents"):
    call_command("load", kind, f"{sys.argv[1]}/{kind}.csv", stdout=sys.stderr)
Department.objects.update(mode=int(Mode.AUTO))
Policy.objects.update_or_create(pk=1, defaults=dict(
    dwell_seconds=0, moves_per_duty=100_000, moves_per_hour=1e9, changeover_seconds=1))
print(issue_token(name="switch", scopes=["telemetry"], by=None, actor="test", now=timezone.now())[1])
"""


WHERE = """
SELECT g.code, q.code FROM marketplace_agentnow a
JOIN accounts_agent g ON g.id = a.agent_id JOIN marketplace_queue q ON q.id = a.queue_id
"""
GATHERED = """
SELECT count(*) FROM marketplace_agentnow a JOIN marketplace_queue q ON q.id = a.queue_id WHERE q.code = %s
"""


def until(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """What `condition` answers as soon as it is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.02)
    return answer


@dataclass
class Floor:
    """Two queues, agents who know both, and nobody who serves them but the matcher."""

    data: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[str]
    url: str
    token: str = ""
    busy: int = 0
    taken: list[str] = field(default_factory=list)
    """Ids of the batches that were acknowledged."""

    @classmethod
    def start(cls, data: Path, **more: str) -> "Floor":
        """Run `up` on empty data with the services that come along."""
        chosen = {"DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE", "GIGCX_URL"}
        base = {name: value for name, value in os.environ.items() if name not in chosen}
        base |= {"GIGCX_DATA": str(data), "PORT": "0", **more}
        with (data / "up.err").open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--no-demo"],
                cwd=ROOT,
                env=base,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        line = process.stdout.readline() if process.stdout else ""
        assert line.startswith("gigcx is ready at "), (data / "up.err").read_text()
        environment = base | {
            "DATABASE_URL": embedded.database_url(data),
            "CELERY_BROKER_URL": embedded.broker_url(data),
            "DJANGO_SETTINGS_MODULE": "gigcx.settings",
        }
        return cls(data=data, environment=environment, process=process, url=line.split()[4])

    def stop(self) -> int:
        """End it as a user does; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def open(self) -> None:
        """Load queues, people and duty from files, let the matcher act, and become a switch."""
        skills = "|".join(f"{queue}:5" for queue in QUEUES)
        now = datetime.now(UTC)
        day = f"{(now - timedelta(hours=1)).isoformat()},{(now + timedelta(hours=8)).isoformat()}"
        self._write("queues", ["queue,department", *(f"{queue},Bank" for queue in QUEUES)])
        people = [f"{agent},{agent},{agent}@example.org,internal,Bank,UTC,{skills}" for agent in AGENTS]
        self._write("people", ["agent,name,email,kind,department,timezone,skills", *people])
        self._write("agents", ["agent,starts_at,ends_at,skills,queue", *(f"{a},{day},{skills},CARDS" for a in AGENTS)])
        self.token = self._run("-c", SEED, str(self.data)).strip()
        until(lambda: self.count("SELECT count(*) FROM marketplace_agentnow") == len(AGENTS), seconds=90, what="duty")

    def _write(self, kind: str, lines: list[str]) -> None:
        (self.data / f"{kind}.csv").write_text("\n".join(lines) + "\n")

    def _run(self, *arguments: str) -> str:
        """A command in the environment of the floor; what it printed."""
        answer = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def sql(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query; waits for the database if it is away."""
        deadline = time.monotonic() + 90
        while True:
            try:
                with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
                    return connection.execute(query, parameters).fetchall()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "the database does not come back"
                time.sleep(0.02)

    def count(self, query: str, *parameters: Any) -> int:
        """The one number that a query answers."""
        return int(self.sql(query, *parameters)[0][0])

    def pid(self, name: str) -> int:
        """The process of one of the services; 0 while there is none."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            try:
                words = Path(f"/proc/{child}/cmdline").read_bytes()
            except OSError:
                continue
            if WORDS[name] in words:
                return int(child)
        return 0

    def kill(self, name: str) -> None:
        """kill -9."""
        os.kill(until(lambda: self.pid(name), seconds=90, what=f"{name} runs"), signal.SIGKILL)

    def rush(self) -> None:
        """Customers line up where fewer serve: agents have to go there, whatever the last test left behind."""
        serving = [self.count(GATHERED, queue) for queue in QUEUES]
        self.busy = serving.index(min(serving))
        self.report()

    def gathers(self, *, within: float = 120.0) -> None:
        """See that people come to where customers wait, with nobody's help; the switch reports on meanwhile."""
        most, reported = len(AGENTS) * 2 // 3, time.monotonic()

        def come() -> bool:
            nonlocal reported
            if time.monotonic() - reported > REPORT_SECONDS:  # a report grows stale while all is slow to come back
                self.report()
                reported = time.monotonic()
            return self.count(GATHERED, QUEUES[self.busy]) >= most

        until(come, seconds=within, what="people come")

    def moves_people(self) -> None:
        """See that a rush moves people."""
        self.rush()
        self.gathers()

    def report(self) -> None:
        """Send one batch until it is taken, as a switch does."""
        now = datetime.now(UTC)
        queues = [self._queue_row(queue, now, waiting=40 * (nr == self.busy)) for nr, queue in enumerate(QUEUES)]
        agents = [
            {"agent": agent, "at": now.isoformat(), "presence": "READY", "reason": "", "queue": queue}
            for agent, queue in self.sql(WHERE)
        ]
        batch = {"batch_id": str(uuid.uuid4()), "sent_at": now.isoformat(), "queues": queues, "agents": agents}
        until(lambda: self._post(batch), seconds=120, what="telemetry is taken")
        self.taken.append(batch["batch_id"])

    def _queue_row(self, queue: str, now: datetime, *, waiting: int) -> dict[str, Any]:
        return {
            "queue": queue,
            "at": now.isoformat(),
            "waiting": waiting,
            "longest_wait_seconds": 30.0 if waiting else 0.0,
            "interval_start": now.replace(second=0, microsecond=0).isoformat(),
            "interval_seconds": 60,
            **dict.fromkeys(("offered", "answered", "answered_in_target", "abandoned"), 0),
            "handle_seconds": 0.0,
        }

    def _post(self, batch: Mapping[str, Any]) -> bool:
        request = urllib.request.Request(
            f"{self.url}/api/v1/telemetry/",
            data=json.dumps(batch).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return bool(answer.status == 202)
        except urllib.error.HTTPError as problem:
            if problem.code < 500:
                raise AssertionError(problem.read().decode()) from problem
            return False
        except OSError:
            return False
