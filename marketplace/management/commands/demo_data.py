"""`manage.py demo_data`: the demo bank, in a database that is empty or that it made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from marketplace.actions.demo import ACTOR, ADA, make_demo
from marketplace.actions.demo_shifts import begin_demo_shift, open_demo_shifts

TOKEN_FILE = "demo_switch.token"  # noqa: S105 - a name


class Command(BaseCommand):
    """Make or renew, keep the secret, say what was done."""

    help = "Fill an empty database with the demo bank; renew its duty in one that this command filled."

    def handle(self, *_: Any, **__: Any) -> None:
        path = Path(settings.DATA_DIR) / TOKEN_FILE
        now = timezone.now()
        demo = make_demo(now=now, has_token=path.exists())
        if demo is None:
            self.stderr.write("The database holds other data: it stays as it is.")
            return
        if demo.secret is not None:
            keep_secret(path, demo.secret)
        done = "The demo bank was made" if demo.made else "The demo bank lives on"
        if demo.made:
            begin_demo_shift(agent_code=ADA, actor=ACTOR, now=now)
        opened = open_demo_shifts(agent_code=ADA, actor=ACTOR, now=now)
        self.stderr.write(f"{done}: {demo.duties} duties planned, {opened} shifts opened.")


def keep_secret(path: Path, secret: str) -> None:
    """Write the secret for its owner's eyes only, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
    new.replace(path)
