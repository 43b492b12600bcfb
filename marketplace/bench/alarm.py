"""From a surge in telemetry to the moves that answer it, and from a move to the page of whoever is moved.

The demo bank, played many times as fast as the clock, on real processes: web, worker, beat, relay, broker, PostgreSQL.
Its switch is the demo's own, an ordinary client of the two published calls. All times of the bank (forecast, handle
times, patience, dwell) are shortened by the same factor, so that it is the same bank with so many times the contacts,
and its surges come so many times as often. Phone pages are open of some of the agents who are able to help in a surge:
each is made anew whenever its agent takes or ends a contact, so at speed 30 eight are as much work as 240 at speed 1.

An alarm is a surge that telemetry shows to begin, or to have grown by half. It is answered at the end of the first
tick that began after the batch which showed it had come in. A move is shown when the agent's page has received the
name of the queue; counted from the instant of the tick that decided it, so the whole tick is in that figure.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import getloadavg
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from gigcx.accounts.models import User
from marketplace.actions.demo import ACTOR, ADA, make_demo
from marketplace.actions.demo_shifts import begin_demo_shift
from marketplace.bench.installation import START_SECONDS, installation
from marketplace.bench.pages import Seen, open_pages, sign_in
from marketplace.models import Move, Policy, Queue
from marketplace.simulation.demo import SURGES, demo_bank
from marketplace.telephony.bridge import Bridge
from marketplace.telephony.demo import DemoSwitch

ALARMS = 30
SPEED = 30.0
PAGES = 8
LONGEST_SECONDS = 1_800.0
SETTLE_SECONDS = 3.0
"""The last moves have so long to reach their pages."""
COUNT = "SELECT count(*) FROM ledger_entry WHERE kind = ANY('{surge.began,surge.grew}')"
ANSWERS = """
SELECT extract(epoch FROM r.finished_at - e.at)::float8, EXISTS (
    SELECT 1 FROM marketplace_move m
    WHERE m.run_id = r.id AND m.status = 'applied' AND m.target_id = (e.data->>'queue')::bigint)
FROM ledger_entry e CROSS JOIN LATERAL (
    SELECT * FROM marketplace_matcherrun r WHERE r.started_at >= e.at ORDER BY r.started_at LIMIT 1) AS r
WHERE e.kind = ANY('{surge.began,surge.grew}') AND r.finished_at IS NOT NULL ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A move that was made, in epoch seconds."""

    agent: int
    place: str
    decided_at: float


def run(*, alarms: int = ALARMS, speed: float = SPEED, pages: int = PAGES) -> dict[str, Any]:
    """Play until there were so many alarms; how long they took to be answered and the moves to be seen."""
    now = timezone.now()
    demo = make_demo(now=now, has_token=False)
    begin_demo_shift(agent_code=ADA, actor=ACTOR, now=now)
    assert demo is not None  # noqa: S101 - the database is empty
    assert demo.secret is not None  # noqa: S101 - and so there was no token
    hasten(speed)
    sessions = {user.agent.pk: sign_in(user) for user in helpers(pages)}
    began = time.monotonic()
    with installation() as url, open_pages(url, sessions) as seen:
        wait_for_relay()
        play(Bridge(switch=DemoSwitch(demo_bank(), speed=speed), url=url, token=demo.secret), alarms=alarms)
    answers = _rows(ANSWERS)
    shown, overtaken, missed = shown_after(moves(), seen)
    return {
        "speed": speed,
        "seconds": round(time.monotonic() - began),
        "load": round(getloadavg()[0], 1),
        "alarms": len(answers),
        "moved": sum(moved for _, moved in answers),
        **_spread("answer", [seconds for seconds, _ in answers]),
        "pages": len(sessions),
        "moves": len(shown) + missed,
        **_spread("page", shown),
        "overtaken": overtaken,
        "missed": missed,
    }


def helpers(number: int) -> QuerySet[User]:
    """So many of those at home in another queue than those that surge, the ablest there first: they are moved most."""
    surging = {surge.queue for surge in SURGES}
    able = {
        agent.code: max((level for code, level in agent.skills if code in surging), default=0)
        for agent in demo_bank().agents
        if agent.queue not in surging
    }
    ablest = sorted(able, key=lambda code: able[code], reverse=True)
    return User.objects.filter(agent__code__in=ablest[:number]).select_related("agent")


def hasten(speed: float) -> None:
    """Shorten every time of the bank that gigcx knows by this factor."""
    with connection.cursor() as cursor:
        figures = ", ".join(f"{name} = {name} * %(speed)s" for name in ("mean", "p10", "p50", "p90"))
        cursor.execute(f"UPDATE marketplace_forecast SET {figures}", {"speed": speed})
        # what came before too: it may be forecast again from that
        counts = ("offered", "answered", "answered_in_target", "abandoned")
        figures = ", ".join(f"{name} = round({name} * %(speed)s)" for name in counts)
        cursor.execute(f"UPDATE marketplace_interval SET {figures}", {"speed": speed})
        cursor.execute(
            "UPDATE marketplace_queue"
            " SET handle_seconds = handle_seconds / %s, patience_seconds = patience_seconds / %s",
            [speed, speed],
        )
    policy = Policy.objects.get()
    policy.dwell_seconds /= speed
    policy.moves_per_hour *= speed
    policy.moves_per_duty = round(policy.moves_per_duty * speed)
    policy.changeover_seconds /= speed
    policy.save()


def wait_for_relay() -> None:
    """Until what making the bank wrote is published: an installation that is still starting answers no alarm."""
    deadline = time.monotonic() + START_SECONDS
    while _rows("SELECT count(*) FROM ledger_entry WHERE position IS NULL")[0][0]:
        if time.monotonic() > deadline:
            raise RuntimeError("the relay publishes nothing")
        time.sleep(0.2)


def play(bridge: Bridge, *, alarms: int) -> None:
    """Let the switch run until so many alarms were raised, or it has gone on for too long."""
    deadline = time.monotonic() + LONGEST_SECONDS
    with ThreadPoolExecutor(1) as thread:
        playing = thread.submit(bridge.run)
        try:
            while _rows(COUNT)[0][0] < alarms and time.monotonic() < deadline and not playing.done():
                time.sleep(0.5)
            time.sleep(SETTLE_SECONDS)
        finally:
            bridge.stop()
        playing.result()


def moves() -> list[Made]:
    """The matcher's own that were made, oldest first."""
    names = dict(Queue.objects.values_list("pk", "name"))
    made = Move.objects.filter(status="applied", run__isnull=False).order_by("decided_at", "pk")
    return [
        Made(agent=agent, place=names[target], decided_at=decided_at.timestamp())
        for agent, target, decided_at in made.values_list("agent_id", "target_id", "decided_at")
        if decided_at is not None
    ]


def shown_after(made: Sequence[Made], seen: dict[int, Seen]) -> tuple[list[float], int, int]:
    """Seconds until each move was on its page; how many the next move overtook before; how many never came."""
    shown, overtaken, missed = [], 0, 0
    following = dict.fromkeys(seen, float("inf"))
    for move in reversed(made):
        if move.agent not in seen:
            continue
        next_at, following[move.agent] = following[move.agent], move.decided_at
        at = next((at for at, place in seen[move.agent] if at >= move.decided_at and place == move.place), float("inf"))
        if at < next_at:
            shown.append(at - move.decided_at)
        elif next_at < float("inf"):
            overtaken += 1
        else:
            missed += 1
    return shown, overtaken, missed


def _rows(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _spread(name: str, seconds: Sequence[float]) -> dict[str, float | None]:
    """Median, 95th percentile and worst, in milliseconds; None where there is nothing."""
    if not seconds:
        return {f"{name}_{which}_ms": None for which in ("p50", "p95", "max")}
    p50, p95, worst = (round(1000 * value) for value in np.quantile(np.array(seconds), (0.5, 0.95, 1.0)))
    return {f"{name}_p50_ms": p50, f"{name}_p95_ms": p95, f"{name}_max_ms": worst}
