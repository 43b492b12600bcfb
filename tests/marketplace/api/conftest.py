"""A small floor and callers with tokens."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from rest_framework.test import APIClient

from gigcx.accounts.models import Agent, Department
from gigcx.accounts.tokens import issue_token
from gigcx.ledger import relay
from marketplace.actions.muster import muster
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Duty, Queue

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def floor(db: None) -> None:
    """Queues NE and PS, agents a1 and a2 on duty at NE, a3 known but off duty."""
    bank = Department.objects.create(name="Bank")
    queues = {code: Queue.objects.create(code=code, name=f"Queue {code}", department=bank) for code in ("NE", "PS")}
    for code in ("a1", "a2", "a3"):
        agent = Agent.objects.create(code=code, name=f"Agent {code}", department=bank)
        if code != "a3":
            period = (NOW - timedelta(hours=1), NOW + timedelta(hours=4))
            Duty.objects.create(agent=agent, period=period, queue=queues["NE"])
    muster(now=NOW - timedelta(minutes=1))
    AgentNow.objects.update(presence=Presence.READY)


@pytest.fixture
def caller(db: None) -> Callable[..., APIClient]:
    """Makes a client with a token of the given scopes."""

    def make(*scopes: str) -> APIClient:
        _, secret = issue_token(name="test", scopes=scopes, by=None, actor="test", now=NOW)
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return make


@pytest.fixture
def switch(caller: Callable[..., APIClient]) -> APIClient:
    """A client that may do what a switch may."""
    return caller("telemetry", "assignments")


@pytest.fixture
def publish(db: None) -> Callable[[], None]:
    """What the relay does: give every Entry its position. Tasks go nowhere."""

    def drain() -> None:
        while relay.publish_round(send_task=lambda _name, _trigger: None):
            pass

    return drain


@pytest.fixture
def row_counts() -> Callable[[], dict[str, int]]:
    """How many rows each table holds that telemetry may write."""

    def count() -> dict[str, int]:
        tables = ("marketplace_interval", "marketplace_queuenow", "marketplace_telemetrybatch", "ledger_entry")
        with connection.cursor() as cursor:
            found = {}
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM {table}")
                found[table] = cursor.fetchone()[0]
        return found

    return count
