"""An agent's page of open shifts in a large marketplace: how many statements, and how long the server takes.

The whole request is measured, from the middleware to the rendered page, without the network: as many shifts are looked
at as one page can show, once only those that can be claimed, once all with their reasons. `ms` is the median; `cpu_ms`
is processor time of this process alone, without the database, the mean.
"""

import random
import statistics
from collections.abc import Iterator
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gigcx.accounts.models import User
from gigcx.serving import keep_for_good
from marketplace.bench.market import analyse, write_market
from marketplace.bench.pages import sign_in
from marketplace.queries.open_shifts import MOST

SHIFTS, AGENTS = 100_000, 50_000
REQUESTS = 100
WARM_UP = 5
LISTS = {"claimable": f"?show={MOST}", "all": f"?show={MOST}&all=1"}


def run(*, shifts: int = SHIFTS, agents: int = AGENTS, requests: int = REQUESTS) -> Iterator[dict[str, Any]]:
    """One result a list."""
    write_market(shifts=shifts, agents=agents, now=timezone.now())
    analyse()
    people = random.Random(2).sample(range(1, agents + 1), requests)  # noqa: S311 - no secret
    for name, query in LISTS.items():
        yield {"list": name, "shifts": shifts, "agents": agents} | measure(query, people)


def measure(query: str, people: list[int]) -> dict[str, Any]:
    """Ask for the page once as each of these people; one browser, so that the server is started once."""
    client, address = Client(headers={"host": "localhost"}), reverse("open_shifts") + query
    sessions = [sign_in(person) for person in User.objects.filter(pk__in=people)]
    for session in sessions[:WARM_UP]:
        _ask(client, address, session)
    keep_for_good()  # as the server does once it is loaded: the collector does not go through all of that again
    with CaptureQueriesContext(connection) as statements:
        _ask(client, address, sessions[0])
    # the next request empties the record
    queries = len(statements)
    took, shown, worked = [], [], process_time()
    for session in sessions:
        began = perf_counter()
        page = _ask(client, address, session)
        took.append(1000 * (perf_counter() - began))
        shown.append(page.count('<li id="shift-'))
    worked = process_time() - worked
    return {
        "shown": statistics.mean(shown),
        "queries": queries,
        "ms": statistics.median(took),
        "p95_ms": statistics.quantiles(took, n=20)[-1],
        "cpu_ms": 1000 * worked / len(sessions),
    }


def _ask(client: Client, address: str, session: str) -> str:
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client.get(address).content.decode()
