"""What came to each queue of the bank in the last half-hour, and what was forecast."""

import random
from datetime import datetime, timedelta

from marketplace.models import Forecast, Interval, Queue, QueueNow
from tests.screens.bank import QUEUES, SHORT, SURGES


def make_demand(rows: dict[str, Queue], chance: random.Random, now: datetime) -> None:
    """Minutes of demand, quarters of forecast, and who waits now."""
    minute = now.replace(second=0, microsecond=0)
    intervals, forecasts = [], []
    for name, _, _, hourly, _ in QUEUES[: len(rows)]:
        queue = rows[name]
        usual = hourly / 60
        good = (
            0.41
            if name.startswith("Cards —")
            else 0.66
            if name in SURGES
            else SHORT.get(name, chance.uniform(0.85, 0.98))
        )
        for back in range(36, -1, -1):
            start = minute - timedelta(minutes=back)
            factor = SURGES.get(name, 1.0) if back <= 12 else 1.0
            growth = 1 + (factor - 1) * min(1.0, (13 - back) / 5)
            offered = sum(chance.random() < usual * growth / 20 for _ in range(20))
            share = good if back <= 15 else 0.92
            hit = sum(chance.random() < share for _ in range(offered))
            intervals.append(
                Interval(
                    queue=queue,
                    starts_at=start,
                    seconds=60,
                    offered=offered,
                    answered=hit,
                    answered_in_target=hit,
                    abandoned=offered - hit,
                    as_of=min(now, start + timedelta(seconds=60)),
                )
            )
        quarter = minute - timedelta(minutes=minute.minute % 15)
        for step in range(-4, 5):
            mean = hourly / 4 * (1 + 0.03 * step)
            forecasts.append(
                Forecast(
                    queue=queue,
                    starts_at=quarter + timedelta(minutes=15 * step),
                    seconds=900,
                    mean=mean,
                    p10=mean * 0.75,
                    p50=mean,
                    p90=mean * 1.25,
                )
            )
        waiting = {
            "Cards — lost & stolen": 23,
            "Mobile banking": 9,
            "Mortgage advice": 3,
            "Chat — general": 4,
            "E-mail": 41,
        }
        longest = {
            "Cards — lost & stolen": 168,
            "Mobile banking": 72,
            "Mortgage advice": 41,
            "Chat — general": 35,
            "E-mail": 4200,
        }
        calm = chance.choice((0, 0, 0, 1))
        began = now - timedelta(minutes=4)
        QueueNow.objects.create(
            queue=queue,
            as_of=now.timestamp() - 2,
            waiting=waiting.get(name, calm),
            longest_wait_seconds=longest.get(name, calm * chance.randint(3, 15)),
            surge_since=began.timestamp() if name in SURGES else None,
            surge_factor=SURGES.get(name),
            surge_sure=0.99 if name in SURGES else None,
        )
    Interval.objects.bulk_create(intervals)
    Forecast.objects.bulk_create(forecasts)
