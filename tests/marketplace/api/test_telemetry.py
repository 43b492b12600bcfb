"""What a switch sends is taken whole or not at all, and every fault is named."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import Agent, Token
from gigcx.accounts.tokens import revoke_token
from gigcx.ledger.models import Entry
from marketplace.models import AgentNow, Interval, QueueNow
from tests.marketplace.api.conftest import NOW

URL = "/api/v1/telemetry/"
LATER = (NOW + timedelta(hours=6)).isoformat()
pytestmark = pytest.mark.usefixtures("floor")


def queue_row(**changes: Any) -> dict[str, Any]:
    start = NOW.replace(second=0)
    return {
        "queue": "NE",
        "at": NOW.isoformat(),
        "waiting": 3,
        "longest_wait_seconds": 41.5,
        "interval_start": start.isoformat(),
        "interval_seconds": 60,
        "offered": 12,
        "answered": 9,
        "answered_in_target": 8,
        "abandoned": 1,
        "handle_seconds": 1640.0,
    } | changes


def agent_row(**changes: Any) -> dict[str, Any]:
    return {"agent": "a1", "at": NOW.isoformat(), "presence": "READY", "reason": "", "queue": "NE"} | changes


def batch(queues: Any = (), agents: Any = (), **changes: Any) -> dict[str, Any]:
    return {
        "batch_id": str(uuid.uuid4()),
        "sent_at": NOW.isoformat(),
        "queues": list(queues),
        "agents": list(agents),
    } | changes


def post(client: APIClient, body: object, **headers: str) -> Any:
    return client.post(URL, json.dumps(body), content_type="application/json", headers=headers)


def wheres(answer: Any) -> list[str]:
    return [fault["where"] for fault in answer.json()["errors"]]


def test_telemetry_is_taken(switch: APIClient) -> None:
    sent = batch([queue_row()], [agent_row()])
    answer = post(switch, sent)
    assert (answer.status_code, answer.json()) == (
        202,
        {"batch_id": sent["batch_id"], "queues": 1, "agents": 1, "duplicate": False, "off_duty": []},
    )
    now = QueueNow.objects.get()
    assert (now.waiting, now.longest_wait_seconds) == (3, 41.5)
    interval = Interval.objects.get()
    figures = (interval.offered, interval.answered, interval.answered_in_target, interval.abandoned)
    assert (*figures, interval.handle_seconds) == (12, 9, 8, 1, 1640.0)
    assert AgentNow.objects.get(agent__code="a1").presence == 1


def test_telemetry_names_its_caller_in_the_ledger(switch: APIClient) -> None:
    post(switch, batch([queue_row()]))
    assert Entry.objects.get(kind="telemetry.taken").actor == Token.objects.get().ledger_name


def test_telemetry_twice_is_once(switch: APIClient, row_counts: Callable[[], dict[str, int]]) -> None:
    sent = batch([queue_row()], [agent_row()])
    post(switch, sent)
    before = row_counts()
    answer = post(switch, sent | {"queues": [queue_row(waiting=99)]})
    assert (answer.status_code, answer.json()["duplicate"]) == (202, True)
    assert row_counts() == before
    assert QueueNow.objects.get().waiting == 3


def test_telemetry_sent_again_replaces_and_older_loses(switch: APIClient) -> None:
    post(switch, batch([queue_row()]))
    post(switch, batch([queue_row(at=(NOW + timedelta(seconds=2)).isoformat(), offered=15, waiting=5)]))
    assert (Interval.objects.get().offered, QueueNow.objects.get().waiting) == (15, 5)
    post(switch, batch([queue_row(at=(NOW + timedelta(seconds=1)).isoformat(), offered=13, waiting=1)]))
    assert (Interval.objects.get().offered, QueueNow.objects.get().waiting) == (15, 5)


def test_telemetry_without_an_interval_says_only_what_waits(switch: APIClient) -> None:
    row = {"queue": "NE", "at": NOW.isoformat(), "waiting": 2}
    assert post(switch, batch([row])).status_code == 202
    assert QueueNow.objects.get().waiting == 2
    assert not Interval.objects.exists()


def test_telemetry_says_who_is_off_duty(switch: APIClient) -> None:
    answer = post(switch, batch(agents=[agent_row(), agent_row(agent="a3")]))
    assert (answer.status_code, answer.json()["off_duty"]) == (202, ["a3"])


def test_telemetry_ignores_what_it_does_not_know(switch: APIClient) -> None:
    sent = batch([queue_row(mood="good")], [agent_row(shoe_size=43)], comment="hello", trunks=[{"free": 3}])
    assert post(switch, sent).status_code == 202


def test_telemetry_takes_an_empty_batch(switch: APIClient) -> None:
    sent = {"batch_id": str(uuid.uuid4()), "sent_at": NOW.isoformat()}
    assert post(switch, sent).json() == {
        "batch_id": sent["batch_id"],
        "queues": 0,
        "agents": 0,
        "duplicate": False,
        "off_duty": [],
    }


def test_telemetry_names_every_bad_row_and_takes_none(
    switch: APIClient, row_counts: Callable[[], dict[str, int]]
) -> None:
    before = row_counts()
    queues = [queue_row(), queue_row(queue="XX"), queue_row(waiting=-1, offered="many"), "NE"]
    agents = [agent_row(), agent_row(agent="nobody", queue="YY"), {"agent": "a1"}]
    answer = post(switch, batch(queues, agents))
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["code"] == "bad_rows"
    assert sorted(wheres(answer)) == [
        "agents[1].agent",
        "agents[1].queue",
        "agents[2].at",
        "agents[2].presence",
        "queues[1].queue",
        "queues[2].offered",
        "queues[2].waiting",
        "queues[3]",
    ]
    assert row_counts() == before


def test_telemetry_says_the_same_of_unknown_codes_with_and_without_other_faults(switch: APIClient) -> None:
    unknown = agent_row(agent="nobody")
    alone = post(switch, batch(agents=[unknown])).json()["errors"]
    beside = post(switch, batch(agents=[unknown, agent_row(presence="ASLEEP")])).json()["errors"]
    assert alone[0]["where"] == "agents[0].agent"
    assert alone[0] in beside


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("queue", None),
        ("queue", 7),
        ("queue", ""),
        ("queue", "N\u0000E"),
        ("queue", "\ud800"),
        ("queue", "x" * 65),
        ("at", "yesterday"),
        ("at", "2026-11-22T10:00:00"),
        ("at", 1_763_000_000),
        ("at", "0001-01-01T00:00:00+14:00"),
        pytest.param("at", LATER, id="at-later"),  # two processes must give it one name
        pytest.param("interval_start", LATER, id="interval_start-later"),
        ("waiting", 1.5),
        ("waiting", True),
        ("waiting", -1),
        ("waiting", 10**30),
        ("waiting", 1e300),
        ("waiting", [3]),
        ("longest_wait_seconds", -0.1),
        ("longest_wait_seconds", "12"),
        ("interval_seconds", 0),
        ("interval_seconds", 86_401),
        ("answered_in_target", 10),
        ("handle_seconds", 1e10),
        ("handle_seconds", {}),
        ("offered", None),
    ],
)
def test_telemetry_refuses_a_bad_queue_value(switch: APIClient, field: str, value: object) -> None:
    answer = post(switch, batch([queue_row(**{field: value})]))
    assert (answer.status_code, wheres(answer)) == (422, [f"queues[0].{field}"])
    assert not QueueNow.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("agent", None), ("presence", "ready"), ("presence", 1), ("reason", 5), ("queue", 5), ("at", None)],
)
def test_telemetry_refuses_a_bad_agent_value(switch: APIClient, field: str, value: object) -> None:
    answer = post(switch, batch(agents=[agent_row(**{field: value})]))
    assert (answer.status_code, wheres(answer)) == (422, [f"agents[0].{field}"])


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"batch_id": "7"}, "batch_id"),
        ({"batch_id": None}, "batch_id"),
        ({"sent_at": "soon"}, "sent_at"),
        ({"queues": {}}, "queues"),
        ({"agents": "a1"}, "agents"),
    ],
)
def test_telemetry_refuses_a_bad_head(switch: APIClient, changes: dict[str, Any], where: str) -> None:
    answer = post(switch, batch() | changes)
    assert (answer.status_code, wheres(answer)) == (422, [where])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 200_000, 400),
        (b'{"batch_id": NaN}', 400),
        (b'{"batch_id": Infinity}', 400),
        (b'{"batch_id": ' + b"9" * 5000 + b"}", 400),
        (b'"telemetry"', 422),
        (b"[]", 422),
        (b"null", 422),
        (b" " * (10 * 1024 * 1024 + 1), 413),
    ],
)
def test_telemetry_refuses_what_it_cannot_read(switch: APIClient, body: bytes, status: int) -> None:
    answer = switch.generic("POST", URL, body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_telemetry_refuses_an_infinite_number(switch: APIClient) -> None:
    body = json.dumps(batch([queue_row(handle_seconds="here")])).replace('"here"', "1e999")
    answer = switch.post(URL, body, content_type="application/json")
    assert (answer.status_code, wheres(answer)) == (422, ["queues[0].handle_seconds"])


def test_telemetry_keeps_forty_characters_of_a_reason(switch: APIClient) -> None:
    reason = "Coffee\n\u0000and a very long talk about the weather of last week"
    assert post(switch, batch(agents=[agent_row(presence="PAUSED", reason=reason)])).status_code == 202
    assert AgentNow.objects.get(agent__code="a1").reason == "Coffee  and a very long talk about the w"


@pytest.mark.parametrize("scopes", [("assignments",), ()])
def test_telemetry_needs_its_scope(caller: Callable[..., APIClient], scopes: tuple[str, ...]) -> None:
    client = caller(*scopes) if scopes else APIClient()
    answer = post(client, batch([queue_row()]))
    assert answer.status_code == (403 if scopes else 401)
    assert not QueueNow.objects.exists()


def test_telemetry_refuses_a_revoked_token(switch: APIClient) -> None:
    revoke_token(token_id=Token.objects.get().pk, actor="test", now=NOW)
    answer = post(switch, batch([queue_row()]))
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")
    assert not QueueNow.objects.exists()


def test_telemetry_replays_the_answer_to_a_repeated_key(switch: APIClient) -> None:
    sent = batch([queue_row()])
    key = {"Idempotency-Key": "k1"}
    first, second = post(switch, sent, **key), post(switch, sent, **key)
    assert second.json() == first.json()
    assert (first.json()["duplicate"], second["Idempotency-Replayed"]) == (False, "true")


def test_telemetry_takes_ten_thousand_agents_at_once(switch: APIClient) -> None:
    home = Agent.objects.get(code="a1").department
    Agent.objects.bulk_create(Agent(code=f"m{n}", name=f"m{n}", department=home) for n in range(10_000))
    sent = json.dumps(batch(agents=[agent_row(agent=f"m{n}") for n in range(10_000)]))
    answer = switch.post(URL, sent, content_type="application/json")
    assert (answer.status_code, answer.json()["agents"]) == (202, 10_000)
