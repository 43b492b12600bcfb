"""Reading files: every bad row is named with what to do, and nothing is guessed."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from marketplace.simulation.files import BadFileError, Reading, instant, number, skills, time_of_day, whole
from marketplace.simulation.tables import read_calls, read_counts, read_duties, read_people, read_queues

ROME = ZoneInfo("Europe/Rome")


def problems(tmp_path, read, text, *, name="f.csv", **options):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    reading = Reading()
    read(path, reading=reading, **options)
    return reading.problems


def test_read_calls_gives_instants_in_utc_and_none_for_empty_cells(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text(
        "queue,arrived_at,handle_seconds,patience_seconds\n"
        "NE,2026-03-02T09:00:00+01:00,12.5,\n"
        "\n"
        "PS,2026-03-02 09:00:00,,7\n",
        encoding="utf-8",
    )
    reading = Reading()
    rows = read_calls(path, reading=reading, zone=ROME)
    assert reading.problems == []
    assert [row.arrived_at for row in rows] == [datetime(2026, 3, 2, 8, tzinfo=UTC)] * 2
    assert [(row.line, row.handle_seconds, row.patience_seconds) for row in rows] == [(2, 12.5, None), (4, None, 7.0)]


def test_read_rows_names_every_bad_cell_of_every_row(tmp_path):
    text = (
        "queue,arrived_at,handle_seconds\n,2026-03-02,-1\nNE,noon,x\nNE,2026-03-02T09:00:00Z,nan\nNE,2026-03-02T09:00\n"
    )
    assert problems(tmp_path, read_calls, text) == [
        "f.csv:2: queue: is empty, fill it in",
        "f.csv:2: arrived_at: “2026-03-02” has no time of day, write it like 2026-03-02T09:30:00+01:00",
        "f.csv:2: handle_seconds: -1 is out of range, write a number of at least 0",
        "f.csv:3: arrived_at: “noon” is not a time, write it like 2026-03-02T09:30:00+01:00",
        "f.csv:3: handle_seconds: “x” is not a number, write one of at least 0",
        "f.csv:4: handle_seconds: nan is out of range, write a number of at least 0",
        "f.csv:5: row: has 2 cells where the header has 3, add or remove commas",
    ]


def test_read_rows_names_missing_and_doubled_columns(tmp_path):
    assert problems(tmp_path, read_calls, "queue,queue,handle_seconds\n") == [
        "f.csv:1: arrived_at: is missing from the header, add the column",
        "f.csv:1: queue: is twice in the header, remove one",
    ]


def test_read_rows_ignores_unknown_columns_and_names_them_once(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("queue,colour,offered,interval_start\nNE,red,3,2026-03-02T09:00Z\n", encoding="utf-8")
    reading = Reading()
    assert [row.offered for row in read_counts(path, reading=reading)] == [3]
    assert reading.notes == ["f.csv: ignored columns: colour"]


def test_read_rows_reads_gzip_by_name_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "calls.csv.gz"
    path.write_bytes(gzip.compress("\ufeffqueue,arrived_at,handle_seconds\nNE,2026-03-02T09:00Z,3\n".encode()))
    reading = Reading()
    assert len(read_calls(path, reading=reading)) == 1
    assert reading.problems == []


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b"queue,arrived_at,handle_seconds\nN\xe9,x,1\n", 2, "is not UTF-8"),
        (b'queue,arrived_at,handle_seconds\n"NE,x,1\n', 2, "is not CSV"),
        (b"", 1, "is missing: the first row must name the columns, such as queue,arrived_at"),
    ],
)
def test_read_rows_says_what_is_wrong_with_a_file_as_a_whole(tmp_path, content, line, what):
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    reading = Reading()
    assert read_calls(path, reading=reading) == []
    assert reading.problems[0].startswith(f"f.csv:{line}: ")
    assert what in reading.problems[0]


def test_read_rows_says_that_a_file_is_not_there_or_no_gzip(tmp_path):
    (tmp_path / "broken.csv.gz").write_bytes(b"\x1f\x8bnothing")
    for name in ("absent.csv", "broken.csv.gz"):
        reading = Reading()
        read_calls(tmp_path / name, reading=reading)
        assert reading.problems[0].startswith(f"{name}:1: file: can't be read")


def test_instant_refuses_a_local_time_that_does_not_exist():
    with pytest.raises(ValueError, match="does not exist in Europe/Rome"):
        instant(ROME)("2026-03-29T02:30:00")


def test_instant_refuses_a_local_time_that_is_there_twice():
    with pytest.raises(ValueError, match="is twice in Europe/Rome"):
        instant(ROME)("2026-10-25T02:30:00")
    assert instant(ROME)("2026-10-25T02:30:00+01:00") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_skills_default_to_level_one():
    assert skills("NE:5|PS|a:b:2") == (("NE", 5), ("PS", 1), ("a:b", 2))


@pytest.mark.parametrize("cell", ["NE:0", "NE:6", "NE:x", "NE:2|NE:3", "NE:1||PS", ":3"])
def test_skills_refuse_what_is_no_level_no_queue_or_twice_there(cell):
    with pytest.raises(ValueError, match=r", (write|keep)"):
        skills(cell)


def test_numbers_keep_to_their_bounds():
    assert number(above=True, most=1.0)("1") == 1.0
    assert whole(least=1, most=9)("9.0") == 9
    for parse, cell in ((number(above=True), "0"), (number(most=1.0), "1.1"), (whole(), "1.5"), (whole(most=9), "10")):
        with pytest.raises(ValueError, match="out of range"):
            parse(cell)


def test_time_of_day_goes_to_the_end_of_the_day():
    assert [time_of_day(cell) for cell in ("00:00", "08:30", "23:59:59", "24:00")] == [0, 30_600, 86_399, 86_400]
    for cell in ("8:30", "24:01", "12:60", "noon", ""):
        with pytest.raises(ValueError, match="not a time of day"):
            time_of_day(cell)


def test_read_duties_refuses_overlaps_and_ends_before_starts(tmp_path):
    text = (
        "agent,starts_at,ends_at,skills\n"
        "a,2026-03-02T09:00Z,2026-03-02T12:00Z,NE\n"
        "a,2026-03-02T12:00Z,2026-03-02T13:00Z,NE\n"
        "a,2026-03-02T11:00Z,2026-03-02T11:30Z,NE\n"
        "b,2026-03-02T11:00Z,2026-03-02T11:00Z,NE\n"
    )
    assert problems(tmp_path, read_duties, text) == [
        "f.csv:5: ends_at: is not after starts_at, correct one of them",
        "f.csv:4: starts_at: overlaps the duty of a on line 2, shorten one of them",
    ]


def test_read_queues_fills_in_the_defaults(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text("queue,priority\nNE,\nPS,9\n", encoding="utf-8")
    first, second = read_queues(path, reading=Reading())
    assert (first.target_share, first.target_seconds, first.patience_seconds, first.priority) == (0.8, 20, 180, 1)
    assert (first.opens, first.closes, second.priority) == (None, None, 9)
    assert (first.occupancy_cap, first.shrinkage, first.least_agents) == (0.9, 0, 0)


def test_read_queues_refuses_what_no_need_can_be_planned_with(tmp_path):
    text = "queue,occupancy_cap,shrinkage,least_agents\nA,1.1,1,-1\nB,1,0.3,2\n"
    assert problems(tmp_path, read_queues, text) == [
        "f.csv:2: occupancy_cap: 1.1 is out of range, write a number above 0 and at most 1",
        "f.csv:2: shrinkage: 1 is out of range, write a number of at least 0 and at most 0.95",
        "f.csv:2: least_agents: -1 is out of range, write a whole number from 0 to 100000",
    ]


def test_read_queues_refuses_half_an_opening_time_and_doubles(tmp_path):
    text = "queue,opens,closes,priority,target_share\nA,08:00,,1,1\nB,08:00,08:00,1,1\nA,,,10,0\nB,,,1,1\n"
    assert problems(tmp_path, read_queues, text) == [
        "f.csv:4: target_share: 0 is out of range, write a number above 0 and at most 1",
        "f.csv:4: priority: 10 is out of range, write a whole number from 1 to 9",
        "f.csv:2: closes: is empty, give both opens and closes or neither",
        "f.csv:3: closes: is the same as opens, leave both empty for always open",
        "f.csv:5: queue: is the same as on line 3, keep one of them",
    ]


def test_read_counts_refuses_the_same_interval_twice(tmp_path):
    text = "queue,interval_start,offered\nA,2026-03-02T09:00Z,1\nA,2026-03-02T10:00+01:00,1\n"
    assert problems(tmp_path, read_counts, text) == [
        "f.csv:3: interval_start: is the same as on line 2, keep one of them"
    ]


def test_read_people_refuses_what_is_no_address_kind_or_zone(tmp_path):
    text = (
        "agent,name,email,kind,department,timezone,skills\na,A,a@x.org,internal,D,Europe/Rome,NE:3\nb,B,b,gig,D,Rome,\n"
    )
    found = problems(tmp_path, read_people, text)
    assert [problem.split(": ")[1] for problem in found] == ["email", "kind", "timezone"]


def test_raise_problems_raises_all_of_them_at_once():
    reading = Reading()
    reading.raise_problems()
    reading.complain("f.csv", 2, "queue", "is empty, fill it in")
    reading.complain("g.csv", 3, "queue", "is empty, fill it in")
    with pytest.raises(BadFileError) as caught:
        reading.raise_problems()
    assert str(caught.value) == "f.csv:2: queue: is empty, fill it in\ng.csv:3: queue: is empty, fill it in"
