"""A calendar cut into days by the agent's own clock, the nights of the clock change among them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gigcx.accounts.models import Agent
from marketplace.models import Availability, Booking, WeeklyAvailability
from marketplace.queries.calendar import calendar_days, month_of, week_of
from tests.factories import NOW, make_agent, make_duty, make_queue
from tests.marketplace.bookings import make_shift

pytestmark = pytest.mark.django_db


def in_zone(zone: str) -> Agent:
    agent = make_agent()
    Agent.objects.filter(pk=agent.pk).update(timezone=zone)
    agent.refresh_from_db()
    return agent


def booked(agent: Agent, start: datetime, hours: float, status: str = "held") -> Booking:
    shift = make_shift(make_queue(f"q{Booking.objects.count()}"), start=start, hours=hours)
    period = (shift.starts_at, shift.ends_at)
    return Booking.objects.create(shift=shift, agent=agent, period=period, status=status, pay=1, held_at=NOW)


def hours_of(parts) -> list[float]:
    return [(part.end - part.start) / timedelta(hours=1) for part in parts]


@pytest.mark.parametrize(
    ("zone", "night", "start", "hours"),
    [
        ("Europe/Rome", date(2026, 3, 28), datetime(2026, 3, 28, 21, tzinfo=UTC), [2, 5]),
        ("Europe/Rome", date(2026, 10, 24), datetime(2026, 10, 24, 20, tzinfo=UTC), [2, 7]),
        ("America/New_York", date(2026, 10, 31), datetime(2026, 11, 1, 2, tzinfo=UTC), [2, 7]),
        ("Australia/Lord_Howe", date(2026, 4, 4), datetime(2026, 4, 4, 11, tzinfo=UTC), [2, 6.5]),
    ],
)
def test_a_night_shift_lies_on_both_of_its_days(zone, night, start, hours):
    agent = in_zone(zone)
    booked(agent, start, sum(hours))
    before, after = calendar_days(agent=agent, days=[night, night + timedelta(days=1)])
    assert hours_of([*before.work, *after.work]) == hours
    assert [part.from_before for part in [*before.work, *after.work]] == [False, True]


def test_every_kind_is_there_and_what_was_given_back_is_not():
    agent = in_zone("UTC")
    at = datetime(2026, 3, 16, tzinfo=UTC)
    booked(agent, at + timedelta(hours=8), 4)
    booked(agent, at + timedelta(hours=8), 4, status="released")
    make_duty(agent, start=at + timedelta(hours=14), hours=2)
    for source, hour in (("own", 18), ("time_off", 20)):
        Availability.objects.create(
            agent=agent, kind="blackout", source=source,
            period=(at + timedelta(hours=hour), at + timedelta(hours=hour + 1)),
        )  # fmt: skip
    WeeklyAvailability.objects.create(agent=agent, weekday=0, start="08:00", end="19:00")
    [day] = calendar_days(agent=agent, days=[at.date()])
    assert [part.item.kind for part in day.work] == ["booking", "duty"]
    assert [part.item.kind for part in day.away] == ["blackout", "time_off"]
    assert hours_of(day.offered) == [10]


def test_statements_do_not_grow_with_the_month(django_assert_num_queries):
    agent = in_zone("UTC")
    for number in range(5):
        booked(agent, datetime(2026, 3, 2 + number, 8, tzinfo=UTC), 4)
        make_duty(agent, start=datetime(2026, 3, 12 + number, 8, tzinfo=UTC), queue=make_queue(f"d{number}"))
        for days in (week_of(date(2026, 3, 2)), month_of(date(2026, 3, 2))):
            with django_assert_num_queries(4):
                calendar_days(agent=agent, days=days)


def test_a_month_is_whole_weeks():
    assert (month_of(date(2026, 2, 14))[0], len(month_of(date(2026, 2, 14)))) == (date(2026, 1, 26), 35)
    assert len(month_of(date(2027, 2, 1))) == 28
    assert week_of(date(2026, 3, 15)) == [date(2026, 3, 9) + timedelta(days=number) for number in range(7)]
