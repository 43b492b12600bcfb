"""An agent says when to work, weekly or once; what is said last counts."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from gigcx.accounts.models import Agent
from gigcx.ledger.models import Entry
from marketplace.actions.availability import Brush, offer_weekly, paint, set_periods, withdraw_weekly
from marketplace.actions.refused import Refused
from marketplace.claiming.hours import Period
from marketplace.claiming.weekly import Weekly
from marketplace.models import Availability, WeeklyAvailability
from marketplace.queries.availability import weekly_of
from marketplace.vocabulary import AvailabilityKind, AvailabilitySource
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {"actor": "user:2", "now": NOW}
MONDAY = date(2026, 3, 16)
MORNING = Weekly(0, time(8), time(12))


def say(agent: Agent, kind: AvailabilityKind | None, start: datetime, hours: float, **figures: str) -> bool:
    period = Period(start, start + timedelta(hours=hours))
    return set_periods(agent_id=agent.pk, periods=[period], kind=kind, **figures, **WHO)


def said(agent: Agent) -> list[tuple[str, float, float]]:
    """Kind, start and end of every one-off period, in hours from tomorrow at ten."""
    rows = Availability.objects.filter(agent=agent).order_by("period").values_list("kind", "period")
    hour = timedelta(hours=1)
    return [(kind, (period.lower - TOMORROW) / hour, (period.upper - TOMORROW) / hour) for kind, period in rows]


def test_weekly_hours_are_offered_and_told():
    agent = make_agent()
    assert offer_weekly(agent_id=agent.pk, weekly=[MORNING, Weekly(0, time(11), time(14))], **WHO)
    assert weekly_of(agent_id=agent.pk) == [Weekly(0, time(8), time(14))]
    entry = Entry.objects.get(kind="availability.changed")
    assert (entry.subject, entry.data) == (f"agent:{agent.pk}", {"weekly": [[0, "08:00", "14:00", None, None]]})


def test_offering_again_changes_nothing_and_tells_nobody():
    agent = make_agent()
    offer_weekly(agent_id=agent.pk, weekly=[MORNING], **WHO)
    assert not offer_weekly(agent_id=agent.pk, weekly=[Weekly(0, time(9), time(10))], **WHO)
    assert Entry.objects.filter(kind="availability.changed").count() == 1


def test_part_of_the_week_is_withdrawn():
    agent = make_agent()
    offer_weekly(agent_id=agent.pk, weekly=[MORNING], **WHO)
    assert withdraw_weekly(agent_id=agent.pk, weekly=[Weekly(0, time(9), time(10))], **WHO)
    assert weekly_of(agent_id=agent.pk) == [Weekly(0, time(8), time(9)), Weekly(0, time(10), time(12))]


def test_what_is_said_last_counts():
    agent = make_agent()
    say(agent, AvailabilityKind.AVAILABLE, TOMORROW, 8)
    say(agent, AvailabilityKind.BLACKOUT, TOMORROW + timedelta(hours=2), 2)
    assert said(agent) == [("available", 0, 2), ("blackout", 2, 4), ("available", 4, 8)]
    say(agent, None, TOMORROW + timedelta(hours=1), 2)
    assert said(agent) == [("available", 0, 1), ("blackout", 3, 4), ("available", 4, 8)]


def test_periods_that_touch_are_one_unless_their_notes_differ():
    agent = make_agent()
    say(agent, AvailabilityKind.BLACKOUT, TOMORROW, 2)
    say(agent, AvailabilityKind.BLACKOUT, TOMORROW + timedelta(hours=2), 2)
    say(agent, AvailabilityKind.BLACKOUT, TOMORROW + timedelta(hours=4), 1, note="dentist")
    assert said(agent) == [("blackout", 0, 4), ("blackout", 4, 5)]


def test_time_off_and_calendars_are_not_painted_over():
    agent = make_agent()
    for source in (AvailabilitySource.TIME_OFF, AvailabilitySource.CALENDAR):
        period = (TOMORROW, TOMORROW + timedelta(hours=1))
        Availability.objects.create(agent=agent, period=period, kind=AvailabilityKind.BLACKOUT, source=source)
    say(agent, AvailabilityKind.AVAILABLE, TOMORROW, 1)
    assert sorted(said(agent)) == [("available", 0, 1), ("blackout", 0, 1), ("blackout", 0, 1)]


def test_a_shift_that_is_held_is_not_kept_free():
    queue = make_queue("cards")
    agent = make_agent(queue)
    hold(make_shift(queue), agent)
    with pytest.raises(Refused) as refusal:
        say(agent, AvailabilityKind.BLACKOUT, TOMORROW - timedelta(hours=1), 2)
    assert refusal.value.reasons == ("availability_booked",)
    assert said(agent) == []
    say(agent, AvailabilityKind.BLACKOUT, TOMORROW - timedelta(hours=1), 1)
    assert said(agent) == [("blackout", -1, 0)]


@pytest.mark.parametrize("hours", [0, -1, 63 * 24])
def test_a_period_without_sense_is_refused(hours):
    agent = make_agent()
    with pytest.raises(Refused) as refusal:
        say(agent, AvailabilityKind.AVAILABLE, TOMORROW, hours)
    assert refusal.value.reasons == ("availability_period",)
    assert (said(agent), Entry.objects.count()) == ([], 0)


def paint_hours(agent: Agent, brush: Brush, *, day: date = MONDAY, start: int = 8, end: int = 12) -> bool:
    hours = Weekly(day.weekday(), time(start), time(end % 24))
    return paint(agent_id=agent.pk, spans=[(day, hours)], brush=brush, **WHO)


def test_painting_twice_clears():
    agent = make_agent()
    paint_hours(agent, Brush.WEEKLY)
    paint_hours(agent, Brush.BLACKOUT, end=10)
    assert (weekly_of(agent_id=agent.pk), Availability.objects.count()) == ([MORNING], 1)
    paint_hours(agent, Brush.BLACKOUT, end=10)
    assert (weekly_of(agent_id=agent.pk), Availability.objects.count()) == ([Weekly(0, time(10), time(12))], 0)
    paint_hours(agent, Brush.WEEKLY, start=10)
    assert not WeeklyAvailability.objects.exists()


def test_offering_an_hour_weekly_ends_its_blackout():
    agent = make_agent()
    paint_hours(agent, Brush.BLACKOUT)
    paint_hours(agent, Brush.WEEKLY)
    assert (weekly_of(agent_id=agent.pk), Availability.objects.count()) == ([MORNING], 0)


@pytest.mark.parametrize(
    ("zone", "day", "hours"), [("Europe/Rome", date(2026, 3, 29), 3), ("Europe/Rome", date(2026, 10, 25), 5),
                               ("Australia/Lord_Howe", date(2026, 4, 5), 4.5)],
)  # fmt: skip
def test_a_painted_night_is_as_long_as_the_clock_makes_it(zone, day, hours):
    agent = make_agent()
    Agent.objects.filter(pk=agent.pk).update(timezone=zone)
    paint_hours(agent, Brush.AVAILABLE, day=day, start=0, end=4)
    period = Availability.objects.get().period
    assert period.upper - period.lower == timedelta(hours=hours)
    assert period.lower.astimezone(ZoneInfo(zone)).date() == day


def test_hours_that_the_clock_skips_can_be_painted_weekly_but_not_once():
    agent = make_agent()
    Agent.objects.filter(pk=agent.pk).update(timezone="Europe/Rome")
    assert not paint_hours(agent, Brush.AVAILABLE, day=date(2026, 3, 29), start=2, end=3)
    assert paint_hours(agent, Brush.WEEKLY, day=date(2026, 3, 29), start=2, end=3)
