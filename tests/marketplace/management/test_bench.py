"""`manage.py bench`: what is asked for, on a database of its own that is gone afterwards."""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from marketplace.management.commands import bench

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two benches instead of the real ones; the names of the databases that the first saw."""
    databases: list[str] = []

    def look() -> Iterator[dict[str, object]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), count(*) FROM marketplace_policy GROUP BY 1")
            name, migrated = cursor.fetchone()
        databases.append(name)
        yield {"events": migrated, "ratio": 1.5}
        yield {"events": 2, "ratio": None}

    modules = {
        "look": SimpleNamespace(run=look),
        "pure": SimpleNamespace(run=lambda: {"cells": 3}, NEEDS_DATABASE=False),
    }
    monkeypatch.setattr(bench, "benches", lambda: list(modules))
    monkeypatch.setattr(bench, "_module", modules.__getitem__)
    return databases


def databases_left() -> set[str]:
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"], port=settings["PORT"] or None, user=settings["USER"], dbname="postgres"
    ) as server:
        return {row[0] for row in server.execute("SELECT datname FROM pg_database")}


def test_bench_prints_one_object_a_line(seen: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bench", "--json")
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"bench": "look", "events": 1, "ratio": 1.5},
        {"bench": "look", "events": 2, "ratio": None},
        {"bench": "pure", "cells": 3},
    ]


def test_bench_works_on_a_database_of_its_own(seen: list[str]) -> None:
    own = connection.settings_dict["NAME"]
    call_command("bench", "look", "--json")
    assert len(seen) == 1
    assert seen[0].startswith("bench_")
    assert seen[0] not in databases_left()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone()[0] == connection.settings_dict["NAME"] == own


def test_bench_drops_its_database_when_a_bench_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []

    def fail() -> dict[str, object]:
        used.append(connection.settings_dict["NAME"])
        raise ZeroDivisionError

    monkeypatch.setattr(bench, "benches", lambda: ["fails"])
    monkeypatch.setattr(bench, "_module", lambda _name: SimpleNamespace(run=fail))
    own = connection.settings_dict["NAME"]
    with pytest.raises(ZeroDivisionError):
        call_command("bench", "fails")
    assert used[0] != own
    assert used[0] not in databases_left()
    assert connection.settings_dict["NAME"] == own


def test_bench_shows_a_table_to_people(seen: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bench", "look")
    shown = capsys.readouterr().out
    for part in ("look", "events", "ratio", "1.5", "–"):
        assert part in shown


def test_a_narrow_terminal_shows_every_figure_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = {f"seconds_of_part_{number}": 1_000 + number for number in range(20)}
    monkeypatch.setattr(bench, "benches", lambda: ["wide"])
    monkeypatch.setattr(bench, "_module", lambda _name: SimpleNamespace(run=lambda: figures, NEEDS_DATABASE=False))
    monkeypatch.setenv("COLUMNS", "80")
    call_command("bench", "wide")
    shown = capsys.readouterr().out
    for name, figure in figures.items():
        assert any(name in line and str(figure) in line for line in shown.splitlines())


def test_bench_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"No bench nonsense\. There are .*telemetry") as refused:
        call_command("bench", "nonsense")
    assert refused.value.returncode == 2


def test_bench_knows_the_real_ones() -> None:
    assert {"erlang", "telemetry", "tick"} <= set(bench.benches())
    assert not {"scratch", "rows", "floor"} & set(bench.benches())
