"""`manage.py forecast`."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command("forecast", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def counts(path, *, days=21, queue="NE", minutes=30):
    lines = ["queue,interval_start,offered"]
    for day in range(1, days + 1):
        for slot in range(16, 20):
            hour, minute = divmod(slot * 30, 60)
            lines.append(f"{queue},2026-03-{day:02}T{hour:02}:{minute:02}:00Z,{10 + (day * slot) % 5}")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_rows_from_as_of_through_the_horizon(tmp_path):
    out, _ = run(counts(tmp_path / "counts.csv"), "--as-of", "2026-03-20T00:00:00Z", "--horizon-days", 2)
    lines = out.splitlines()
    assert lines[0] == "queue,interval_start,mean,p10,p50,p90"
    assert len(lines) == 1 + 2 * 4
    assert lines[1].startswith("NE,2026-03-20T08:00:00+00:00,")
    assert lines[-1].startswith("NE,2026-03-21T09:30:00+00:00,")


def test_json_has_rows_and_a_backtest_by_queue_and_nothing_else(tmp_path):
    out, _ = run(counts(tmp_path / "counts.csv"), "--json")
    answer = json.loads(out)
    assert set(answer) == {"rows", "backtest"}
    assert set(answer["rows"][0]) == {"queue", "interval_start", "mean", "p10", "p50", "p90"}
    assert set(answer["backtest"]["NE"]) == {"wape", "naive_wape", "mase", "coverage80", "model"}


def test_every_bad_row_is_named_and_nothing_done(tmp_path, capsys):
    path = tmp_path / "counts.csv"
    path.write_text("queue,interval_start,offered\nNE,2026-03-01T08:00:00Z,-1\nNE,yesterday,3\n")
    err = StringIO()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("forecast", str(path), stdout=out, stderr=err)
    assert ended.value.code == 2
    assert [line.split(":")[:3] for line in err.getvalue().strip().splitlines()] == [
        ["counts.csv", "2", " offered"],
        ["counts.csv", "3", " interval_start"],
    ]
    assert out.getvalue() == ""


def refused(*arguments):
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("forecast", *map(str, arguments), stdout=out, stderr=err)
    assert ended.value.code == 2
    assert out.getvalue() == ""
    return err.getvalue().strip().splitlines()


def test_every_option_that_is_no_good_is_named(tmp_path):
    path = counts(tmp_path / "counts.csv")
    options = [
        "--as-of",
        "soon",
        "--horizon-days",
        0,
        "--interval-minutes",
        7,
        "--holidays",
        "XX",
        "--timezone",
        "Mars",
    ]
    said = refused(path, *options)
    assert sorted(line.split(":")[0] for line in said) == [
        "--as-of",
        "--holidays",
        "--horizon-days",
        "--interval-minutes",
        "--timezone",
    ]


def test_rows_between_two_intervals_are_named(tmp_path):
    path = counts(tmp_path / "counts.csv")
    with path.open("a") as file:
        file.write("NE,2026-03-21T11:07:00Z,3\nNE,2026-03-21T12:00:00Z,3\n")
    said = refused(path)
    assert len(said) == 1
    assert said[0].startswith("counts.csv:86: interval_start: is not at a whole interval of 30 min")


def test_later_rows_are_not_looked_at_and_their_order_does_not_matter(tmp_path):
    path = counts(tmp_path / "counts.csv")
    whole, _ = run(path, "--as-of", "2026-03-16", "--horizon-days", 3)
    header, *rows = path.read_text().splitlines()
    early = [row for row in rows if row.split(",")[1] < "2026-03-16"]
    path.write_text("\n".join([header, *reversed(early)]) + "\n")
    cut, _ = run(path, "--as-of", "2026-03-16T00:00:00Z", "--horizon-days", 3)
    assert whole == cut
    assert len(whole.splitlines()) == 1 + 3 * 4


def test_finer_counts_are_added_up_and_coarser_ones_forecast_as_they_are(tmp_path):
    path = counts(tmp_path / "counts.csv")
    out, _ = run(path, "--interval-minutes", 60, "--horizon-days", 1)
    rows = [line.split(",") for line in out.splitlines()[1:]]
    assert [row[1] for row in rows] == ["2026-03-22T08:00:00+00:00", "2026-03-22T09:00:00+00:00"]
    assert all(20 < float(row[2]) < 28 for row in rows)
    hourly = tmp_path / "hourly.csv"
    lines = [f"NE,2026-03-{day:02}T{hour:02}:00:00Z,40" for day in range(1, 20) for hour in range(8, 12)]
    hourly.write_text("\n".join(["queue,interval_start,offered", *lines]) + "\n")
    out, err = run(hourly, "--horizon-days", 1)
    assert (len(out.splitlines()), err) == (1 + 4, "")
    out, err = run(hourly, "--horizon-days", 1, "--interval-minutes", 30)
    assert len(out.splitlines()) == 1 + 8
    assert "spread evenly" in err
    assert float(out.splitlines()[1].split(",")[2]) == pytest.approx(20, rel=0.1)


def test_calendar_days_are_those_of_the_zone(tmp_path):
    path = tmp_path / "counts.csv"
    begin = datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Rome")).timestamp()
    lines = [f"NE,{datetime.fromtimestamp(begin + hour * 3600, UTC).isoformat()},12" for hour in range(28 * 24)]
    path.write_text("\n".join(["queue,interval_start,offered", *lines]) + "\n")
    out, _ = run(path, "--timezone", "Europe/Rome", "--horizon-days", 1, "--as-of", "2026-03-29")
    times = [line.split(",")[1] for line in out.splitlines()[1:]]
    assert (times[0], times[-1], len(times)) == ("2026-03-28T23:00:00+00:00", "2026-03-29T21:00:00+00:00", 23)


def test_holidays_of_a_country_make_a_difference(tmp_path):
    path = tmp_path / "counts.csv"
    begin = datetime(2025, 10, 6, tzinfo=UTC).timestamp()
    times = [datetime.fromtimestamp(begin + hour * 3600, UTC) for hour in range(80 * 24)]
    quiet = {date(2025, 11, 1), date(2025, 12, 8)}
    lines = [f"NE,{one.isoformat()},{20 if one.date() in quiet or one.weekday() == 6 else 60}" for one in times]
    path.write_text("\n".join(["queue,interval_start,offered", *lines]) + "\n")
    options = (path, "--as-of", "2025-12-25", "--horizon-days", 1)
    plain, _ = run(*options)
    kept, _ = run(*options, "--holidays", "IT")
    means = [float(text.splitlines()[12].split(",")[2]) for text in (plain, kept)]
    assert means[0] == pytest.approx(60, rel=0.1)
    assert 18 < means[1] < 35


def test_many_queues_come_by_name(tmp_path):
    path = tmp_path / "counts.csv"
    lines = [
        f"{queue},2026-03-{day:02}T08:{minute}:00Z,{level}"
        for queue, level in zip("FEDCBA", (60, 50, 40, 30, 20, 10), strict=True)
        for day in range(1, 15)
        for minute in ("00", "30")
    ]
    path.write_text("\n".join(["queue,interval_start,offered", *lines]) + "\n")
    out, _ = run(path, "--horizon-days", 1, "--as-of", "2026-03-15")
    rows = [line.split(",") for line in out.splitlines()[1:]]
    assert [row[0] for row in rows] == [queue for queue in "ABCDEF" for _ in range(2)]
    assert [round(float(row[2]), -1) for row in rows[::2]] == [10, 20, 30, 40, 50, 60]


def test_shares_of_the_mixture_add_up_to_a_hundred(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text(
        counts(tmp_path / "one.csv", days=28).read_text()
        + counts(tmp_path / "two.csv", days=28, queue="SW").read_text().partition("\n")[2]
    )
    found = json.loads(run(path, "--json")[0])["backtest"]
    for one in found.values():
        assert sum(int(part.split()[1]) for part in one["model"].split(" + ")) == 100


def test_intervals_of_two_lengths_are_refused_where_they_change(tmp_path):
    start, change = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC)
    coarse = [start + timedelta(minutes=30 * step) for step in range(11 * 48)]
    fine = [change + timedelta(minutes=15 * step) for step in range(96)]
    path = tmp_path / "counts.csv"
    rows = [f"NE,{at.isoformat()},5" for at in [*coarse, *fine]]
    path.write_text("\n".join(["queue,interval_start,offered", *rows, ""]))
    (told,) = refused(path)
    assert told.startswith(f"counts.csv:{len(coarse) + 2}: interval_start: from here on rows are 15 min apart")
    assert told.endswith("others 30 min, make all of one length")


def test_it_is_said_why_a_queue_has_no_forecast(tmp_path):
    path = counts(tmp_path / "counts.csv")
    out, err = run(path, "--as-of", "2025-01-01")
    assert out == "queue,interval_start,mean,p10,p50,p90\n"
    assert "NE has no count by then" in err
    out, err = run(path, "--as-of", "2031-01-01")
    assert len(out.splitlines()) == 1
    assert "no count of the last three years" in err
    out, err = run(path, "--as-of", "2027-06-01", "--horizon-days", 2)
    assert len(out.splitlines()) == 1 + 2 * 4
    assert err == ""


@pytest.mark.parametrize(
    ("header", "column", "what"),
    [
        ("Queue,interval_start,offered", "queue", "is written “Queue” in the header, write it in small letters"),
        ("queue;interval_start;offered", "file", "has semicolons between its cells, save it with commas"),
        ("NE,2026-03-01T08:00:00Z,4", "queue", "the first row must name the columns"),
    ],
)
def test_a_header_that_does_not_fit_is_told_with_what_to_do(tmp_path, header, column, what):
    path = tmp_path / "counts.csv"
    path.write_text(f"{header}\n")
    told = refused(path)
    assert told[0].startswith(f"counts.csv:1: {column}: ")
    assert what in told[0]
