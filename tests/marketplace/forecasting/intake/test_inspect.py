"""Dirty history: everything is found by row, and mended only where a person chose so."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.forecasting.intake.codes import POSSIBLE, Choice, Choices, Code
from marketplace.forecasting.intake.inspect import inspect_counts
from marketplace.forecasting.intake.words import KEEPS, REPAIRS, TITLES, line_of
from tests.marketplace.forecasting.intake.history import ROME, codes, history, look, stored, text_of

CLEAN = history()


def replaced(place: int, offered: object) -> list[str]:
    rows = text_of(CLEAN)
    rows[place] = f"{rows[place].rpartition(',')[0]},{offered}"
    return rows


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome", "Australia/Lord_Howe"])
@pytest.mark.parametrize("seed", range(4))
def test_clean_history_is_taken_as_it_is(zone: str, seed: int) -> None:
    lines = history(seed=seed, level=(0.4, 2, 20, 400)[seed])
    found = look(text_of(lines), zone=ZoneInfo(zone))
    assert codes(found) == []
    assert [row.offered for row in found.rows] == [offered for _, offered in lines]
    assert found.steps == {"NE": 1800}


@pytest.mark.parametrize(
    ("cell", "code", "kept"),
    [
        (-3, "negative", None),
        ("7.4", "not-whole", 7),
        ("many", "unreadable", None),
        ("", "unreadable", None),
        ("nan", "unreadable", None),
        ("1e400", "unreadable", None),
        (CLEAN[100][1] * 100, "absurd", None),
        (2_000_000_000_000, "absurd", None),
    ],
)
def test_count_that_cannot_be_is_refused_by_row_and_left_out_if_so_chosen(
    cell: object, code: str, kept: int | None
) -> None:
    found = look(replaced(100, cell), keep=["gap"])
    assert [(finding.code, finding.line, finding.column) for finding in found.refused] == [(code, 102, "offered")]
    mended = look(replaced(100, cell), repair=[code])
    assert mended.refused == []
    expected = [row for row in CLEAN if row != CLEAN[100]] if kept is None else CLEAN
    assert len(mended.rows) == len(expected)
    if kept is None:  # what was left out is unknown, and that is said
        assert codes(mended) == [code, "gap"] or codes(mended) == ["gap", code]
    else:
        assert mended.rows[100].offered == kept


def test_a_real_shock_is_no_slip_of_the_hand() -> None:
    lines = [(at, offered * (12 if 300 <= place < 306 else 1)) for place, (at, offered) in enumerate(CLEAN)]
    assert look(text_of(lines)).refused == []


def test_in_a_short_file_the_slip_itself_is_not_called_usual() -> None:
    lines = [(at, 900 if place == 3 else 12) for place, (at, _) in enumerate(CLEAN[:6])]
    (slip,) = look(text_of(lines)).refused
    assert (slip.code, slip.data["usual"]) == ("absurd", 12.0)


def test_a_hundredfold_in_a_quiet_hour_is_seen_against_what_that_hour_usually_has() -> None:
    lines = [(at, 1 if at.hour == 19 else offered) for at, offered in CLEAN]
    place = next(place for place, (at, _) in enumerate(lines) if at.hour == 19 and place > 400)
    lines[place] = (lines[place][0], 100)
    assert [(finding.code, finding.line) for finding in look(text_of(lines)).refused] == [("absurd", place + 2)]


def test_doubles_are_refused_and_the_row_further_down_kept_if_so_chosen() -> None:
    rows = text_of(CLEAN)
    rows.insert(11, rows[10])
    rows.append(f"NE,{CLEAN[40][0].isoformat()},33")
    found = look(rows)
    assert [(finding.code, finding.line, finding.data["first"]) for finding in found.refused] == [
        ("duplicate", 13, 12),
        ("duplicate", len(rows) + 1, 43),
    ]
    mended = look(rows, repair=["duplicate"])
    assert (mended.refused, mended.rows[40].offered, len(mended.rows)) == ([], 33, len(CLEAN))


def test_wrong_order_is_sorted_and_said_once_a_queue() -> None:
    found = look(reversed(text_of(CLEAN)))
    assert [(finding.code, finding.line, finding.rows) for finding in found.findings] == [("order", 3, len(CLEAN) - 1)]
    assert stored(found) == stored(look(text_of(CLEAN)))
    assert look(reversed(text_of(CLEAN)), refuse=["order"]).refused == found.findings


@pytest.mark.parametrize("days", [1, -1, 3])
def test_weeks_under_the_wrong_days_are_found_and_put_back(days: int) -> None:
    cut = datetime.fromisoformat("2026-02-09")
    lines = [(at + timedelta(days=days), n) if at >= cut else (at, n) for at, n in CLEAN]
    lines = list({at: (at, n) for at, n in reversed(lines)}.values())[::-1]  # what moved onto older rows is lost
    found = look(text_of(lines))
    assert found.refused == []
    assert {finding.data["days"] for finding in found.findings if finding.code == "days-shifted"} == {days}
    mended = look(text_of(lines), repair=["days-shifted"])
    truth = dict(CLEAN)
    right = [truth.get(row.interval_start.astimezone(ROME).replace(tzinfo=None)) == row.offered for row in mended.rows]
    assert sum(right) > 0.95 * len(CLEAN)


def test_two_days_that_changed_places_are_found_and_changed_back() -> None:
    monday, saturday = date(2026, 2, 9), date(2026, 2, 14)
    other = {monday: timedelta(days=5), saturday: timedelta(days=-5)}
    lines = sorted((at + other.get(at.date(), timedelta()), n) for at, n in CLEAN)
    found = look(text_of(lines))
    (swap,) = [finding for finding in found.findings if finding.code == "days-swapped"]
    assert (swap.data["one"], swap.data["other"]) == (0, 5)
    assert stored(look(text_of(lines), repair=["days-swapped"])) == stored(look(text_of(CLEAN)))


def test_a_holiday_is_no_broken_pattern() -> None:
    off = {date(2026, 1, 6), date(2026, 2, 12)}
    lines = [(at, 0 if at.date() in off else n) for at, n in CLEAN]
    found = look(text_of(lines))
    assert codes(found) == ["silent", "silent"]
    assert len(look(text_of(lines), repair=["silent"]).rows) == len(CLEAN) - 48


def test_last_day_that_breaks_off() -> None:
    rows = text_of(CLEAN)[:-24]  # Saturday's twelve, and half of Friday
    (finding,) = look(rows).findings
    assert (finding.code, finding.line, finding.rows) == ("cut-short", len(rows) + 1, 12)
    assert len(look(rows, repair=["cut-short"]).rows) == len(rows) - 12
    # of a day that is not over nothing is missing
    last = CLEAN[len(rows) - 1][0].replace(tzinfo=ROME)
    assert look(rows, now=last + timedelta(hours=1)).findings == []


def test_intervals_that_are_not_over_are_said() -> None:
    now = CLEAN[-3][0].replace(tzinfo=ROME)
    (finding,) = look(text_of(CLEAN), now=now).findings
    assert (finding.code, finding.rows, finding.line) == ("future", 3, len(CLEAN) - 1)
    assert len(look(text_of(CLEAN), now=now, repair=["future"]).rows) == len(CLEAN) - 3


@pytest.mark.parametrize(
    ("content", "column"),
    [
        (b"\xff\xfe", "file"),
        (b"", "queue"),
        (b"queue,offered\nNE,3\n", "interval_start"),
        (b'queue,interval_start,offered\nNE,"2026-03-02T08:00,3\n', "row"),
    ],
)
def test_file_that_is_no_table_is_refused_whatever_was_chosen(content: bytes, column: str) -> None:
    found = inspect_counts(content=content, name="counts.csv", choices=Choices(repair=["all"]))
    assert found.refused
    assert column in {finding.column for finding in found.refused}


def test_every_finding_has_words_for_each_choice() -> None:
    for code, possible in POSSIBLE.items():
        assert code in TITLES
        assert (Choice.REPAIR in possible) == (code in REPAIRS)
        assert (Choice.KEEP in possible) == (code in KEEPS)
    for name in ("repair", "refuse", "keep"):
        with pytest.raises(ValueError, match="unknown"):
            Choices(**{name: ["nonsense"]})
    with pytest.raises(ValueError, match="can't be chosen"):
        Choices(keep=["negative"])


ROTTEN = st.sampled_from(["drop", "double", "negative", "absurd", "off", "words", "swap", "empty"])


@settings(max_examples=25, deadline=None)
@example([("drop", len(CLEAN) - 2), ("drop", len(CLEAN) - 1)], 0)
@given(st.lists(st.tuples(ROTTEN, st.integers(0, len(CLEAN) - 1)), max_size=12), st.integers(0, 3))
def test_whatever_is_done_to_a_file_all_repaired_nothing_false_is_stored(
    damages: list[tuple[str, int]], seed: int
) -> None:
    rows = text_of(CLEAN)
    for kind, place in damages:
        at, offered = CLEAN[place]
        spoilt = {
            "drop": "",
            "double": f"{rows[place]}\n{rows[place]}" if rows[place] else "",
            "negative": f"NE,{at.isoformat()},-{offered + 1}",
            "absurd": f"NE,{at.isoformat()},{(offered + 1) * 1000}",
            "off": f"NE,{(at + timedelta(minutes=11)).isoformat()},{offered}",
            "words": f"NE,{at.isoformat()},several",
            "empty": f"NE,,{offered}",
            "swap": rows[place],
        }
        rows[place] = spoilt[kind]
        if kind == "swap":
            rows[place], rows[0] = rows[0], rows[place]
    found = look("\n".join(rows).split("\n"), repair=["all"])
    assert found.refused == []
    truth = dict(CLEAN)
    for row in found.rows:
        assert truth[row.interval_start.astimezone(ROME).replace(tzinfo=None)] == row.offered
    # a last day is left out with all its rows only where its own end was spoilt
    cut = sum(finding.rows for finding in found.findings if finding.code == Code.CUT_SHORT)
    assert not cut or any(kind != "double" and CLEAN[place] == CLEAN[-1] for kind, place in damages)
    assert len(found.rows) >= len(CLEAN) - 2 * len(damages) - cut
    for finding in found.findings:
        assert line_of(finding, file="f.csv").startswith(f"f.csv:{finding.line}: {finding.column}: ")


def test_preview_adds_up_to_what_is_stored() -> None:
    found = look(text_of(history(weeks=60)))
    (points,) = found.preview().values()
    assert len(points) <= 121
    assert sum(points) == sum(row.offered for row in found.rows)
    assert Code.GAP not in codes(found)
    assert found.rows[0].interval_start.tzinfo is UTC


@pytest.mark.parametrize(("days", "points"), [(1, 24), (2, 48), (3, 3)])
def test_preview_of_a_day_or_two_is_by_the_hour(days: int, points: int) -> None:
    start = datetime.fromisoformat("2026-03-02")
    lines = [(start + timedelta(hours=hour), hour % 24 + 1) for hour in range(24 * days)]
    found = look(text_of(lines), zone=ZoneInfo("UTC"))
    (shown,) = found.preview().values()
    assert len(shown) == points
    assert sum(shown) == days * 300


@pytest.mark.parametrize("mark", [";", "\t"])
def test_semicolons_and_tabs_are_refused_and_read_if_so_chosen(mark: str) -> None:
    rows = [row.replace(",", mark) for row in text_of(CLEAN)]
    header = f"{mark.join(['queue', 'interval_start', 'offered'])}"
    content = "\n".join([header, *rows]).encode()
    refused = inspect_counts(content=content, name="counts.csv", zone=ROME)
    assert [(finding.code, finding.line) for finding in refused.refused] == [("separator", 1)]
    found = inspect_counts(content=content, name="counts.csv", zone=ROME, choices=Choices(repair=["separator"]))
    assert found.refused == []
    assert stored(found) == stored(look(text_of(CLEAN)))


def test_between_semicolons_a_comma_may_begin_the_decimals() -> None:
    content = b"queue;interval_start;offered;handle_seconds\nNE;2026-03-02T08:00:00Z;3;540,5\n"
    (row,) = inspect_counts(content=content, name="counts.csv").rows
    assert (row.offered, row.handle_seconds) == (3, 540.5)


def test_a_value_without_end_says_what_to_write() -> None:
    rows = text_of(CLEAN)
    rows[4] = rows[4].rpartition(",")[0] + ",NaN"
    (finding,) = look(rows).refused
    assert line_of(finding, file="f.csv").endswith("offered: “NaN” is not finite, write a whole number")
