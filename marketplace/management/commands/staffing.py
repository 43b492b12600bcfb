"""`manage.py staffing`: what a number of agents achieves on one queue, or the least that meet a target."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from io import StringIO
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from marketplace.staffing.checks import UnusableError
from marketplace.staffing.need import Assessment, assess

BAD_INPUT = 2
OPTIONS = {"rate": "calls_per_hour"}
"""Which option gives an argument of `assess`, where its name is another."""


class Command(BaseCommand):
    """Translate, ask once, translate back."""

    help = "Agents needed on one queue by Erlang C, or with a patience by Erlang A; or what given agents achieve."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--calls-per-hour", type=float, required=True, help="offered contacts")
        parser.add_argument("--handle-seconds", type=float, required=True, help="mean contact and wrap-up time")
        parser.add_argument("--patience-seconds", type=float, help="mean; without it nobody gives up (Erlang C)")
        parser.add_argument("--target-share", type=float, default=0.8, help="to answer in target (default %(default)s)")
        parser.add_argument("--target-seconds", type=float, default=20.0, help="the target (default %(default)s)")
        parser.add_argument("--agents", type=int, help="evaluate so many instead of finding the least")
        parser.add_argument("--occupancy-cap", type=float, default=1.0, help="highest occupancy (default %(default)s)")
        parser.add_argument("--shrinkage", type=float, default=0.0, help="share of people absent (default %(default)s)")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            assessment = assess(
                rate=options["calls_per_hour"] / 3600,
                handle_seconds=options["handle_seconds"],
                patience_seconds=options["patience_seconds"],
                target_share=options["target_share"],
                target_seconds=options["target_seconds"],
                agents=options["agents"],
                occupancy_cap=options["occupancy_cap"],
                shrinkage=options["shrinkage"],
            )
        except UnusableError as error:
            for fault in error.faults:
                name = OPTIONS.get(fault.argument, fault.argument)
                if options[name] is None:  # not given but worked out, and beyond all bounds
                    self.stderr.write(
                        "--calls-per-hour, --handle-seconds: more agents needed than there are, correct them"
                    )
                    continue
                self.stderr.write(f"--{name.replace('_', '-')}: {options[name]} given, must be {fault.must_be}")
            sys.exit(BAD_INPUT)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(assessment)))
        else:
            text = StringIO()
            Console(file=text).print(_table(assessment))
            self.stdout.write(text.getvalue())


def _table(assessment: Assessment) -> Table:
    """The same figures for people, a dash where there is none."""
    table = Table(title=_("Erlang %(model)s") % {"model": assessment.model}, show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    rows = [
        (_("Agents"), f"{assessment.agents:,}"),
        (_("Headcount with shrinkage"), f"{assessment.headcount:,}"),
        (_("Answered in target"), _share(assessment.service_level)),
        (_("Mean wait"), "–" if (wait := assessment.mean_wait_seconds) is None else f"{wait:,.1f} s"),
        (_("Occupancy"), _share(assessment.occupancy)),
        (_("Abandoned"), _share(assessment.abandonment)),
        (_("Have to wait"), _share(assessment.wait_probability)),
    ]
    for name, figure in rows:
        table.add_row(name, figure)
    return table


def _share(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.1%}"
