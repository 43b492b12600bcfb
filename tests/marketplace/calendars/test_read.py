"""Busy times out of calendars as other programs write them, through clock changes, and the ones that are refused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.calendars.read import LARGEST, Unreadable, busy_periods
from marketplace.claiming.hours import Period

ROME = ZoneInfo("Europe/Rome")
MARCH = Period(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 30, tzinfo=UTC))


def calendar(*events: str) -> bytes:
    """A calendar of these events, each given by its lines."""
    wrapped = "\n".join(
        f"BEGIN:VEVENT\nUID:{number}\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT"
        for number, event in enumerate(events)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{wrapped}\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def busy(*events: str) -> list[tuple[str, float]]:
    """Start and hours of each busy time."""
    found = busy_periods(calendar(*events), within=MARCH, zone=ROME)
    return [(f"{one.start:%d %H:%M}", one.length / timedelta(hours=1)) for one in found]


def test_an_event_is_busy_from_start_to_end():
    assert busy("DTSTART:20260310T090000Z\nDTEND:20260310T103000Z\nSUMMARY:secret") == [("10 09:00", 1.5)]


def test_a_weekly_event_keeps_its_local_time_through_the_clock_change():
    event = (
        "DTSTART;TZID=Europe/Rome:20260323T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\n"
        "EXDATE;TZID=Europe/Rome:20260406T090000"
    )
    assert busy(event) == [("23 08:00", 1), ("30 07:00", 1)]


def test_a_moved_occurrence_is_where_it_was_moved_to():
    rule = "DTSTART:20260309T090000Z\nDTEND:20260309T100000Z\nRRULE:FREQ=DAILY;COUNT=2"
    moved = "DTSTART:20260310T150000Z\nDTEND:20260310T160000Z\nRECURRENCE-ID:20260310T090000Z"
    content = calendar(rule, moved).replace(b"UID:1\r\n", b"UID:0\r\n")
    found = busy_periods(content, within=MARCH, zone=ROME)
    assert [f"{one.start:%d %H}" for one in found] == ["09 09", "10 15"]


def test_a_whole_day_is_one_by_the_agents_clock():
    assert busy("DTSTART;VALUE=DATE:20260329\nDTEND;VALUE=DATE:20260330") == [("28 23:00", 23)]
    assert busy("DTSTART:20260310T090000\nDTEND:20260310T100000") == [("10 08:00", 1)]


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_what_is_cancelled_or_free_is_not_busy(line):
    assert busy(f"DTSTART:20260310T090000Z\nDTEND:20260310T100000Z\n{line}") == []


def test_what_touches_or_overlaps_is_one_and_what_lies_outside_is_left_out():
    assert busy(
        "DTSTART:20260310T090000Z\nDTEND:20260310T100000Z",
        "DTSTART:20260310T093000Z\nDTEND:20260310T110000Z",
        "DTSTART:20250310T090000Z\nDTEND:20250310T100000Z",
    ) == [("10 09:00", 2)]


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", "calendar_unreadable"),
        (b"<html>Sign in</html>", "calendar_unreadable"),
        (b"\xff\xfe\x00", "calendar_unreadable"),
        (calendar("DTSTART:tomorrow"), "calendar_unreadable"),
        (b"x" * (LARGEST + 1), "calendar_too_large"),
        (calendar("DTSTART:20260310T090000Z\nRRULE:FREQ=SECONDLY"), "calendar_too_large"),
        (calendar("DTSTART:20260310T090000Z\nRRULE:FREQ=DAILY;BYSECOND=1,2,3"), "calendar_too_large"),
        (calendar("DTSTART:00010310T090000Z\nRRULE:FREQ=DAILY"), "calendar_too_large"),
        (calendar(*["DTSTART:20260310T090000Z\nRRULE:FREQ=DAILY"] * 501), "calendar_too_large"),
    ],
    ids=range(9),
)  # fmt: skip
def test_what_cannot_be_read_says_why(content, trouble):
    with pytest.raises(Unreadable) as refusal:
        busy_periods(content, within=MARCH, zone=ROME)
    assert refusal.value.trouble == trouble


@given(st.text(st.sampled_from("BEGIN:VCALENDARVTX;=\n0123456789TZ,"), max_size=300))
def test_whatever_is_sent_it_is_read_or_refused(text):
    content = calendar(f"DTSTART:20260310T090000Z\n{text}")
    try:
        busy_periods(content, within=MARCH, zone=ROME)
    except Unreadable as refusal:
        assert refusal.trouble  # noqa: PT017 - either is fine, anything else is not
