"""`manage.py demo_switch`: the demo bank's telephone system, an ordinary client of the two published calls.

It reads no database, so it may run on another machine: `GIGCX_URL` says where gigcx is, `GIGCX_SWITCH_TOKEN` or
`demo_switch.token` in the data folder what it shows there.
"""

import os
import signal
import threading
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.simulation.demo import demo_bank
from marketplace.telephony.bridge import Bridge
from marketplace.telephony.demo import DemoSwitch

TOKEN_FILE = "demo_switch.token"  # noqa: S105 - the name of a file


class Command(BaseCommand):
    """Plays until SIGTERM or Ctrl-C."""

    help = "Play the demo bank's telephone system: report to gigcx, and obey what it wants of agents."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--speed", type=_speed, default=1.0, help="times as fast as the clock (1)")
        parser.add_argument("--seed", type=int, default=1, help="of the customers (1)")

    def handle(self, *_: Any, **options: Any) -> None:
        switch = DemoSwitch(demo_bank(), seed=options["seed"], speed=options["speed"])
        url = os.environ.get("GIGCX_URL") or "http://127.0.0.1:8000"
        try:
            bridge = Bridge(switch=switch, url=url, token=_token())
        except ValueError as problem:
            raise CommandError(str(problem), returncode=2) from None
        for number in (signal.SIGTERM, signal.SIGINT):
            # not in the handler itself: it interrupts the very calls that it would end, in the middle
            signal.signal(number, lambda *_: threading.Thread(target=bridge.stop).start())
        bridge.run()


def _token() -> str:
    """From the environment, else from the data folder."""
    if token := os.environ.get("GIGCX_SWITCH_TOKEN"):
        return token.strip()
    file = settings.DATA_DIR / TOKEN_FILE
    if not file.exists():
        raise CommandError(
            f"No token: set GIGCX_SWITCH_TOKEN to one with the scopes telemetry and assignments, or put it in {file}.",
            returncode=2,
        )
    return str(file.read_text().strip())


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 60:
        raise ArgumentTypeError(f"{text} is no speed: choose one from 0.1 to 60")
    return speed
