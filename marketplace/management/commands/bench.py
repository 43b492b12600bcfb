"""`manage.py bench [NAME …]`: measure, on a database of its own, with the floor taken in the same run."""

import importlib
import json
import pkgutil
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import nullcontext
from types import ModuleType
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from marketplace import bench
from marketplace.bench.scratch import scratch_database

Result = dict[str, Any]


def benches() -> list[str]:
    """The benches there are: the modules of `marketplace.bench` that have a `run`."""
    names = [found.name for found in pkgutil.iter_modules(bench.__path__)]
    return [name for name in names if hasattr(_module(name), "run")]


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{bench.__name__}.{name}")


def results(name: str) -> Iterator[Result]:
    """Run one bench. `run()` returns one result, or several as they come; `NEEDS_DATABASE = False` spares it one."""
    module = _module(name)
    with scratch_database() if getattr(module, "NEEDS_DATABASE", True) else nullcontext():
        found = module.run()
        for result in [found] if isinstance(found, dict) else found:
            yield {"bench": name} | result


class Command(BaseCommand):
    """Runs what is asked for, or everything."""

    help = "Measure the parts that must be fast. Each bench works on a database of its own and drops it."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="of a bench; all where none is given")
        parser.add_argument("--json", action="store_true", help="one JSON object a line and nothing else")

    def handle(self, *_: Any, **options: Any) -> None:
        known = benches()
        if unknown := [name for name in options["names"] if name not in known]:
            raise CommandError(f"No bench {', '.join(unknown)}. There are {', '.join(known)}.", returncode=2)
        for name in options["names"] or known:
            if options["json"]:
                for result in results(name):
                    self.stdout.write(json.dumps(result))
            else:
                self._show(name)

    def _show(self, name: str) -> None:
        console = Console(file=cast("IO[str]", self.stdout))
        console.print(f"[bold]{name}[/bold] …")
        found = list(results(name))
        console.print(_table(found, width=console.width))


def _table(found: list[Result], *, width: int) -> Table:
    """One result a row; one a column where that many figures can't be read side by side."""
    names = list(dict.fromkeys(name for result in found for name in result if name != "bench"))
    rows = [[_text(result.get(name)) for name in names] for result in found]
    widest = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    if sum(widest) + 3 * len(widest) + 1 <= width:
        table = Table(*names)
    else:
        table = Table("", *("" for _ in found), show_header=False)
        rows = [[name, *figures] for name, *figures in zip(names, *rows, strict=True)]
    for row in rows:
        table.add_row(*row)
    return table


def _text(value: object) -> str:
    return "–" if value is None else f"{value:,.3g}" if isinstance(value, float) else str(value)
