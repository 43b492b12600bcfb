#!/usr/bin/env python3
"""Every command of gigcx. `up` runs it, `test` checks it, the rest are Django's and the product's own."""

import importlib
import os
import sys
from pathlib import Path

from gigcx import bootstrap

ROOT = Path(__file__).resolve().parent
OWN = {"up": "gigcx.up", "test": "gigcx.checks"}
"""Commands that start Django in their children only: nothing to be loaded before there is a database."""


def main() -> int:
    """Enter `.venv` (made on the first run), then hand over to whoever owns the command."""
    bootstrap.enter(ROOT)
    command, arguments = (sys.argv[1:] or ["help"])[0], sys.argv[2:]
    if command in OWN:
        return int(importlib.import_module(OWN[command]).main(arguments))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigcx.settings")
    with importlib.import_module("gigcx.embedded.services").for_command(command):
        importlib.import_module("django.core.management").execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
