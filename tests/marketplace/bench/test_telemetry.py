"""The telemetry bench measures the real action on the rows it says."""

import pytest
from django.db import connection

from marketplace.bench.telemetry import BATCHES, run
from marketplace.models import Interval, TelemetryBatch


@pytest.mark.django_db(transaction=True)
def test_telemetry_bench_takes_every_row_and_copies_the_same() -> None:
    (result,) = run(sizes=[(60, 6)], seed=3)
    assert (result["agents"], result["queues"], result["events"]) == (60, 6, 66)
    assert result["per_second"] > 0
    assert result["floor_per_second"] > 0
    assert result["ratio"] > 0
    assert TelemetryBatch.objects.count() == BATCHES + 1
    assert Interval.objects.filter(seconds=60).count() == 6
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM bench_queue_report), (SELECT count(*) FROM bench_agent_report)")
        assert cursor.fetchone() == (6 * (BATCHES + 1), 60 * (BATCHES + 1))
        cursor.execute("DROP TABLE bench_queue_report, bench_agent_report")
