"""Forecasts of many queues on all cores are those of one after the other."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from marketplace.forecasting import many
from marketplace.forecasting.history import History
from marketplace.forecasting.many import Job, answer, forecast_many

NOW = 1_773_100_800  # 2026-03-10T00:00Z


def job(number: int, *, step: int = 3600) -> Job:
    starts = np.arange(NOW - 14 * 86_400, NOW, step)
    counts = np.random.default_rng(number).poisson(20 + number, len(starts)).astype(float)
    history = History(starts=starts, offered=counts, step_seconds=step, zone=ZoneInfo("Europe/Rome"))
    return Job(queue_id=number, history=history, since=NOW, until=NOW + 86_400)


def test_children_answer_what_we_would_and_a_bad_queue_says_why() -> None:
    jobs = [*map(job, range(8)), job(8, step=1000)]
    answers = dict(forecast_many(jobs, processes=2))
    assert answers.keys() == set(range(9))
    assert "no whole number" in str(answers[8])
    for one in jobs[:8]:
        assert answers[one.queue_id] == answer(one)[1]


def test_child_that_dies_leaves_its_work_to_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "COMMAND", ["/bin/false"])
    jobs = [job(number) for number in range(8)]
    assert dict(forecast_many(jobs, processes=2)) == dict(map(answer, jobs))
