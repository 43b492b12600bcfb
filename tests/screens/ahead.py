"""The bank's week ahead: a forecast with the shape of a bank's day, and rosters that do not quite fit it."""

import math
import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from gigcx.accounts.models import Agent, Department
from marketplace.models import AgentNow, Duty, Event, Forecast, ForecastQuality, Interval, Queue, Supply, WeekForecast
from tests.screens.bank import QUEUES

DAYS = 14
CLOCK = timedelta(hours=10)
"""The bank sees a Tuesday, ten o'clock, whatever the clock says: the picture is the same at any hour."""
TUESDAY = datetime(2026, 3, 10)  # noqa: DTZ001 - any Tuesday
STEP = timedelta(minutes=30)
OPENS, CLOSES = 7, 21
DAY_SPREAD = 0.14
BLOCKS = ((7, 15), (8, 16), (9, 17), (12, 20), (13, 21))
"""Rosters begin and end at these hours."""


@transaction.atomic
def seed_ahead(*, rows: dict[str, Queue], now: datetime) -> None:
    """Forecasts of two weeks, what came today, and duty for the whole of it."""
    chance = random.Random(2)
    midnight = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0) - CLOCK
    Forecast.objects.all().delete()
    Interval.objects.filter(seconds__gte=900).delete()
    forecasts, counts = [], []
    for name, _, _, hourly, _ in QUEUES[: len(rows)]:
        queue = rows[name]
        factor = chance.lognormvariate(0, DAY_SPREAD)
        for index in range(DAYS * 48):
            start = midnight + index * STEP
            mean = hourly / 2 * shape(TUESDAY + index * STEP)
            if not mean:
                continue
            forecasts.append(
                Forecast(
                    queue=queue,
                    starts_at=start,
                    seconds=1800,
                    mean=mean,
                    p10=mean * 0.8,
                    p50=mean,
                    p90=mean * 1.24,
                )
            )
            if start + STEP <= now - timedelta(hours=1):
                offered = max(0, round(chance.gauss(mean * factor, math.sqrt(mean))))
                counts.append(Interval(queue=queue, starts_at=start, seconds=1800, offered=offered, as_of=start + STEP))
    Forecast.objects.bulk_create(forecasts)
    Interval.objects.bulk_create(counts)
    _roster(rows, midnight, chance)


def shape(start: datetime) -> float:
    """The part of the busiest hour's demand at this time: two humps a day, less on Saturdays, none on Sundays."""
    hour = start.hour + start.minute / 60
    if not OPENS <= hour < CLOSES or start.weekday() == 6:
        return 0.0
    humps = math.exp(-(((hour - 10.5) / 2.2) ** 2)) + 0.8 * math.exp(-(((hour - 15.5) / 2.6) ** 2))
    return (0.16 + 0.84 * humps) * (0.55 if start.weekday() == 5 else 1.0)


def _roster(rows: dict[str, Queue], midnight: datetime, chance: random.Random) -> None:
    """Each person has a queue and a block of hours, and now and then a day off: so there are too few here and there."""
    department = next(iter(rows.values())).department
    Agent.objects.bulk_create(
        Agent(code=f"b{number:03d}", name=f"Agent {number}", department=department) for number in range(4 * len(rows))
    )
    agents = list(Agent.objects.filter(user__isnull=True).order_by("pk"))
    busy = dict(AgentNow.objects.values_list("agent_id", "until"))
    weights = [hourly * handle + 900 for _, _, _, hourly, handle in QUEUES[: len(rows)]]
    homes = chance.choices(list(rows.values()), weights, k=len(agents))
    duties = []
    for day in range(DAYS):
        begin = midnight + timedelta(days=day)
        weekday = (TUESDAY + timedelta(days=day)).weekday()
        if weekday == 6:
            continue
        for number, (agent, home) in enumerate(zip(agents, homes, strict=True)):
            first, last = BLOCKS[(number + day) % len(BLOCKS)]
            start = begin + timedelta(hours=first)
            if chance.random() < (0.5 if weekday == 5 else 0.12):
                continue
            if day == 0 and start.timestamp() < busy.get(agent.pk, 0):
                continue
            duties.append(Duty(agent=agent, period=(start, begin + timedelta(hours=last)), queue=home))
    Duty.objects.bulk_create(duties)


@transaction.atomic
def seed_horizon(*, queue: Queue, now: datetime, weeks: int = 53) -> None:
    """Forty weeks behind and some ahead of this queue, its quality, an event, and a day that was corrected."""
    chance = random.Random(3)
    monday = (now - timedelta(days=now.weekday())).date()
    ahead, counts = [], []
    for index in range(-40, weeks):
        day = monday + timedelta(weeks=index)
        mean = 9000 * (1 + 0.16 * math.sin(2 * math.pi * (index + 8) / 52) + 0.002 * index)
        if index >= 0:
            spread = 0.06 + 0.0025 * index
            low, high = mean * (1 - 1.28 * spread), mean * (1 + 1.28 * spread)
            ahead.append(WeekForecast(queue=queue, starts_on=day, mean=mean, p10=low, p50=mean, p90=high))
        else:
            start = datetime(day.year, day.month, day.day, 12, tzinfo=now.tzinfo)
            offered = round(mean * chance.lognormvariate(0, 0.05))
            counts.append(Interval(queue=queue, starts_at=start, seconds=3600, offered=offered, as_of=start))
    WeekForecast.objects.bulk_create(ahead)
    Interval.objects.bulk_create(counts)
    ForecastQuality.objects.create(
        queue=queue, model="model 85 % + weeks 11 % + naive 4 %",
        wape=0.138, naive_wape=0.191, mase=0.72, coverage80=0.79, day_spread=0.12,
        made_at=now - timedelta(hours=7),
    )  # fmt: skip
    Forecast.objects.filter(queue=queue, starts_at__gt=now, starts_at__lt=now + timedelta(hours=12)).update(
        planned_mean=F("mean"), planned_p10=F("p10"), planned_p50=F("p50"), planned_p90=F("p90"),
        mean=1.35 * F("mean"), p10=1.35 * F("p10"), p50=1.35 * F("p50"), p90=1.35 * F("p90"),
    )  # fmt: skip
    event = Event.objects.create(
        name="Bill run", starts_at=now + timedelta(hours=3), ends_at=now + timedelta(hours=7), factor=1.2
    )
    event.queues.add(queue)
    Queue.objects.filter(pk=queue.pk).update(country="IT", timezone="Europe/Rome")


def seed_supplies(*, department: Department) -> None:
    """Whose hours a department can have."""
    for name, kind, cost, fee, show, hours, notice in (
        ("Own people", "internal", 2800, 0, 0.95, 780, 336),
        ("Lent by Lending", "lent", 3100, 0, 0.95, 120, 168),
        ("Gig shifts", "external", 3600, 0, 0.92, 300, 48),
        ("Late gig shifts", "external", 4600, 0, 0.9, 120, 6),
        ("Standby", "standby", 3400, 700, 0.98, 90, 1),
    ):
        Supply.objects.create(
            department=department, name=name, kind=kind, hourly_cost=cost, reservation_fee=fee, show_share=show,
            hours_a_week=hours, notice_hours=notice,
        )  # fmt: skip
