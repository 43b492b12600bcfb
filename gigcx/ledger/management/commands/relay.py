"""`manage.py relay`: drain the outbox for ever. Exactly one works; a second one waits to take over."""

import logging
import signal
import threading
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as BrokerError

from gigcx.ledger import relay

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.05
STANDBY_SECONDS = 1.0


class Command(BaseCommand):
    help = "Publish ledger entries to live pages and tasks, in order, until stopped."
    requires_system_checks: list[str] = []  # they would load every page, half of its start

    def handle(self, *args: Any, **options: Any) -> None:
        # the lock belongs to a connection: one that goes back to a pool would keep it for nobody
        connection.settings_dict["OPTIONS"].pop("pool", None)
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            try:
                self._work(stopped)
            except (OperationalError, InterfaceError, BrokerError, OSError) as problem:
                log.warning("relay waits: %s", type(problem).__name__)
                connection.close()
                stopped.wait(STANDBY_SECONDS)

    def _work(self, stopped: threading.Event) -> None:
        while not stopped.is_set() and not relay.take_relay_lock():
            stopped.wait(STANDBY_SECONDS)
        while not stopped.is_set():
            if not relay.publish_round(send_task=send_task):
                stopped.wait(IDLE_SECONDS)


def send_task(name: str, trigger: str) -> None:
    """Hand a task to the broker by name; it is worthless after a few seconds, the clock comes round again."""
    current_app.send_task(name, kwargs={"trigger": trigger}, expires=10, retry=False)
