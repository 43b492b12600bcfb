"""A stranger's call centre: a small model of one, and a client that joins it to gigcx by the two published calls.

Written as somebody would who has only read the published interface: the standard library and nothing of this project.
"""

import http.client
import json
import random
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

INTERVAL_SECONDS = 60


@dataclass
class Agent:
    """Somebody with a telephone."""

    code: str
    queue: str | None = None
    busy_until: float = 0.0
    away_until: float = 0.0
    """Changing over to another queue."""
    serving: bool = False
    reported: tuple[str, str | None] | None = None

    def presence(self, now: float) -> str:
        return "OFFLINE" if self.queue is None else "ON_CONTACT" if self.serving else "READY"


@dataclass
class Line:
    """A queue: who waits, and the totals of the minute that runs."""

    code: str
    contacts_per_second: float
    waiting: deque[float] = field(default_factory=deque)
    minute: int = 0
    offered: int = 0
    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0
    handle_seconds: float = 0.0


class CallCentre:
    """Queues, agents and customers; `step` lets everything happen until now."""

    def __init__(self, lines: dict[str, float], agents: list[str], *, handle_seconds: float, seed: int) -> None:
        self.lines = {code: Line(code, rate) for code, rate in lines.items()}
        self.agents = {code: Agent(code) for code in agents}
        self.handle_seconds = handle_seconds
        self.patience_seconds = 40.0
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.now = time.time()
        self.moves_obeyed: list[int] = []

    def step(self) -> None:
        before, self.now = self.now, time.time()
        for line in self.lines.values():
            if line.minute != int(self.now // INTERVAL_SECONDS):
                line.minute = int(self.now // INTERVAL_SECONDS)
                line.offered = line.answered = line.answered_in_target = line.abandoned = 0
                line.handle_seconds = 0.0
            for _ in range(self._how_many(line.contacts_per_second * (self.now - before))):
                line.offered += 1
                line.waiting.append(self.now)
            while line.waiting and self.now - line.waiting[0] > self.patience_seconds:
                line.waiting.popleft()
                line.abandoned += 1
        for agent in self.agents.values():
            self._work(agent)

    def _how_many(self, mean: float) -> int:
        """How many customers call in a time in which `mean` do on average."""
        count, left = 0, self.random.expovariate(1.0)
        while left < mean:
            count, left = count + 1, left + self.random.expovariate(1.0)
        return count

    def _work(self, agent: Agent) -> None:
        if agent.serving and agent.busy_until <= self.now:
            agent.serving = False
        line = self.lines.get(agent.queue or "")
        if line is None or agent.serving or agent.away_until > self.now or not line.waiting:
            return
        waited = self.now - line.waiting.popleft()
        handle = self.random.expovariate(1 / self.handle_seconds)
        line.answered += 1
        line.answered_in_target += waited <= 20
        line.handle_seconds += handle
        agent.serving, agent.busy_until = True, self.now + handle

    def obey(self, wanted: dict) -> None:
        """A change of queue takes a second, for those who are not talking; the others finish first."""
        agent = self.agents[wanted["agent"]]
        if agent.queue != wanted["queue"]:
            if agent.queue is not None:
                agent.away_until = max(self.now, agent.busy_until if agent.serving else 0.0) + 1.0
                if wanted["move"] is not None:
                    self.moves_obeyed.append(wanted["move"])
            agent.queue = wanted["queue"]

    def telemetry(self, *, everyone: bool) -> dict:
        at = datetime.fromtimestamp(self.now, UTC).isoformat()
        queues = [
            {
                "queue": line.code,
                "at": at,
                "waiting": len(line.waiting),
                "longest_wait_seconds": self.now - line.waiting[0] if line.waiting else 0.0,
                "interval_start": datetime.fromtimestamp(line.minute * INTERVAL_SECONDS, UTC).isoformat(),
                "interval_seconds": INTERVAL_SECONDS,
                "offered": line.offered,
                "answered": line.answered,
                "answered_in_target": line.answered_in_target,
                "abandoned": line.abandoned,
                "handle_seconds": line.handle_seconds,
            }
            for line in self.lines.values()
        ]
        agents = []
        for agent in self.agents.values():
            there = agent.queue if agent.away_until <= self.now else None
            state = (agent.presence(self.now), there)
            if everyone or state != agent.reported:
                agents.append({"agent": agent.code, "at": at, "presence": state[0], "queue": there})
                agent.reported = state
        return {"batch_id": str(uuid.uuid4()), "sent_at": at, "queues": queues, "agents": agents}


class Joint:
    """Joins a call centre to gigcx: two threads, two connections, two calls."""

    def __init__(self, centre: CallCentre, *, host: str, token: str) -> None:
        self.centre = centre
        self.host = host
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.stopped = threading.Event()
        self.batches: list[dict] = []
        self.problems: list[str] = []
        self.threads = [threading.Thread(target=self._guarded, args=(work,)) for work in (self._report, self._follow)]

    def __enter__(self) -> "Joint":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=30)

    def _guarded(self, work) -> None:
        try:
            work(http.client.HTTPConnection(self.host, timeout=40))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the test shows it
            self.problems.append(f"{work.__name__}: {problem!r}")

    def _call(self, connection: http.client.HTTPConnection, method: str, path: str, body: object = None) -> dict:
        connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in {200, 202}:
            raise RuntimeError(f"{answer.status} {text!r}")
        return json.loads(text)

    def _report(self, connection: http.client.HTTPConnection) -> None:
        while not self.stopped.wait(0.25):
            with self.centre.lock:
                self.centre.step()
                batch = self.centre.telemetry(everyone=len(self.batches) % 40 == 0)
            taken = self._call(connection, "POST", "/api/v1/telemetry/", batch)
            if taken["queues"] != len(batch["queues"]) or taken["duplicate"]:
                raise RuntimeError(f"not taken: {taken}")
            self.batches.append(batch)

    def _follow(self, connection: http.client.HTTPConnection) -> None:
        cursor = ""
        while not self.stopped.is_set():
            found = self._call(connection, "GET", f"/api/v1/assignments/?wait=2&after={cursor}")
            with self.centre.lock:
                for wanted in found["results"]:
                    self.centre.obey(wanted)
            cursor = found["next"]
