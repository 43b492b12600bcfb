"""`manage.py load counts` with files that are not clean: refused whole, or mended as the person chose."""

from datetime import UTC, datetime, timedelta

import pytest

from gigcx.ledger.models import Entry
from marketplace.models import Forecast, Interval
from tests.marketplace.actions.load import NE_PS, Load, counts
from tests.marketplace.forecasting.intake.history import HEADER, history, text_of


@pytest.fixture(autouse=True)
def queues(load: Load) -> None:
    load("queues", NE_PS, timezone="Europe/Rome")
    Entry.objects.all().delete()


def dirty() -> str:
    rows = text_of(history(weeks=3))
    rows[20] = rows[20].rpartition(",")[0] + ",-4"
    rows[30] = rows[30].rpartition(",")[0] + ",6000"
    rows.insert(11, rows[10])
    del rows[60:63]
    return "\n".join([HEADER, *rows, ""])


def test_nothing_is_half_imported(load: Load) -> None:
    lines = load.refused("counts", dirty(), timezone="Europe/Rome")
    problems = [line for line in lines if "[" not in line and line.split(":")[1].isdigit()]
    assert [line.split(": ")[:2] for line in problems] == [
        ["counts.csv:13", "interval_start"],
        ["counts.csv:23", "offered"],
        ["counts.csv:33", "offered"],
    ]
    assert not any(model.objects.exists() for model in (Interval, Forecast, Entry))


def test_what_was_chosen_is_repaired_and_what_was_not_still_refuses(load: Load) -> None:
    lines = load.refused("counts", dirty(), timezone="Europe/Rome", repair="duplicate,negative")
    assert any(line.startswith("counts.csv:33: offered: ") and not line.endswith("]") for line in lines)
    assert any(line.startswith("counts.csv:13: ") and line.endswith("[duplicate]") for line in lines)
    assert not Interval.objects.exists()
    answer = load("counts", dirty(), timezone="Europe/Rome", repair="duplicate,negative,absurd")
    assert counts(answer) == (len(history(weeks=3)) - 5, 0, 0)
    assert "counts.csv:61: interval_start: after this row of NE 3 intervals are missing" in load.said


def test_all_is_repaired_at_once_and_a_dry_run_of_it_stores_nothing(load: Load) -> None:
    wanted = load("counts", dirty(), timezone="Europe/Rome", repair="all", dry_run=True)
    assert not any(model.objects.exists() for model in (Interval, Forecast, Entry))
    done = load("counts", dirty(), timezone="Europe/Rome", repair="all")
    assert counts(wanted) == counts(done) != (0, 0, 0)
    assert Entry.objects.filter(kind="counts.loaded").count() == 1


def test_what_is_kept_by_default_is_refused_if_so_chosen(load: Load) -> None:
    rows = text_of(history(weeks=3))
    text = "\n".join([HEADER, *rows[:50], *rows[53:], ""])
    (line,) = load.refused("counts", text, timezone="Europe/Rome", refuse="gap")
    assert line.startswith("counts.csv:51: interval_start: after this row of NE 3 intervals are missing")
    assert not Interval.objects.exists()


@pytest.mark.parametrize("option", [{"repair": "nonsense"}, {"keep": "negative"}, {"refuse": "gap,nope"}])
def test_choice_that_there_is_not(load: Load, option: dict[str, str]) -> None:
    (line,) = load.refused("counts", dirty(), **option)
    assert line.startswith("--repair, --refuse, --keep: ")
    assert not Interval.objects.exists()


def test_both_clock_changes_in_the_zone_of_the_file(load: Load) -> None:
    spring = [f"NE,2026-03-29T0{hour}:{minute},5" for hour in (1, 2, 3) for minute in ("00", "30")]
    autumn = [
        f"NE,2025-10-26T0{hour}:{minute},{5 + n}" for n, hour in enumerate((1, 2, 2, 3)) for minute in ("00", "30")
    ]
    text = "\n".join([HEADER, *autumn, *spring, ""])
    lines = load.refused("counts", text, timezone="Europe/Rome")
    assert [line.split(":")[1] for line in lines if "does not exist" in line] == ["12", "13"]
    assert [line.split(":")[1] for line in lines if " is twice in " in line] == ["4", "5", "6", "7"]
    assert not Interval.objects.exists()
    load("counts", text, timezone="Europe/Rome", repair="clock-twice,clock-skipped")
    found = list(Interval.objects.order_by("starts_at").values_list("starts_at", "offered"))
    october, march = datetime(2025, 10, 25, 23, tzinfo=UTC), datetime(2026, 3, 29, 0, tzinfo=UTC)
    assert found == [
        *[(october + n * timedelta(minutes=30), 5 + n // 2) for n in range(8)],  # four hours from 01:00 to 04:00
        *[(march + n * timedelta(minutes=30), 5) for n in range(4)],  # 01:00, 01:30, and after the change 03:00, 03:30
    ]
