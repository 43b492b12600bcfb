"""Weekly periods: what they offer by the agent's clock, and that adding and removing do just that."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from marketplace.claiming.hours import Period
from marketplace.claiming.weekly import Weekly, offered, with_added, with_removed

ROME, NEW_YORK = ZoneInfo("Europe/Rome"), ZoneInfo("America/New_York")
quarters = st.integers(0, 95).map(lambda number: time(number // 4, number % 4 * 15))
rows = st.lists(st.builds(Weekly, st.integers(0, 6), quarters, quarters), max_size=5)


def utc(*figures: int) -> datetime:
    return datetime(*figures, tzinfo=UTC)


def readings(weekly: list[Weekly]) -> set[int]:
    """The quarters of the week, as whole numbers, that these rows cover."""
    found = set()
    for one in weekly:
        start = one.weekday * 96 + one.start.hour * 4 + one.start.minute // 15
        length = (one.end.hour * 4 + one.end.minute // 15 - one.start.hour * 4 - one.start.minute // 15) % 96 or 96
        found |= {(start + step) % 672 for step in range(length)}
    return found


@given(rows, rows)
def test_adding_covers_both_and_removing_only_what_was_asked(before, change):
    assert readings(with_added(before, change)) == readings(before) | readings(change)
    assert readings(with_removed(before, change)) == readings(before) - readings(change)


@given(rows)
def test_rows_of_one_validity_never_overlap_once_written(weekly):
    written = with_added([], weekly)
    assert sum(len(readings([one])) for one in written) == len(readings(written))
    assert with_added(written, []) == written


def test_a_sunday_night_stays_one_row():
    night = Weekly(6, time(22), time(6))
    assert with_added([], [night]) == [night]
    assert with_removed([night], [Weekly(0, time(0), time(2))]) == [
        Weekly(0, time(2), time(6)), Weekly(6, time(22), time(0)),
    ]  # fmt: skip


def test_another_validity_stays_apart():
    always, summer = Weekly(0, time(8), time(12)), Weekly(0, time(10), time(14), date(2026, 6, 1), date(2026, 9, 1))
    assert with_added([always], [summer]) == [always, summer]
    assert with_removed([always, summer], [Weekly(0, time(8), time(12))]) == [
        Weekly(0, time(12), time(14), date(2026, 6, 1), date(2026, 9, 1))
    ]


def test_a_weekly_period_moves_with_the_agents_clock():
    mornings = [Weekly(0, time(9), time(12))]
    weeks = Period(utc(2026, 3, 16), utc(2026, 4, 6))
    starts = [period.start for period in offered(mornings, within=weeks, zone=ROME)]
    assert starts == [utc(2026, 3, 16, 8), utc(2026, 3, 23, 8), utc(2026, 3, 30, 7)]


def test_an_agent_elsewhere_offers_other_instants():
    day = Period(utc(2026, 3, 16), utc(2026, 3, 17))
    [there] = offered([Weekly(0, time(9), time(12))], within=day, zone=NEW_YORK)
    assert (there.start, there.end) == (utc(2026, 3, 16, 13), utc(2026, 3, 16, 16))


def test_only_days_of_its_validity_count():
    row = Weekly(0, time(9), time(12), since=date(2026, 3, 23), until=date(2026, 3, 30))
    weeks = Period(utc(2026, 3, 1), utc(2026, 4, 30))
    assert [period.start for period in offered([row], within=weeks, zone=ROME)] == [utc(2026, 3, 23, 8)]


def test_a_night_begun_the_day_before_counts_and_is_cut_to_what_is_asked():
    within = Period(utc(2026, 3, 17, 1), utc(2026, 3, 17, 2))
    assert offered([Weekly(0, time(22), time(6))], within=within, zone=ROME) == [within]


def test_nights_of_the_clock_change_join_days_without_a_hole():
    always = [Weekly(day, time(0), time(0)) for day in range(7)]
    month = Period(utc(2026, 10, 20), utc(2026, 10, 30))
    assert offered(always, within=month, zone=ROME) == [month]
    assert sum((one.length for one in offered(always[:6], within=month, zone=ROME)), timedelta()) == (
        month.length - timedelta(hours=25)
    )
