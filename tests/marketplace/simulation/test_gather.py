"""From files to the world: what is left open is drawn once a call, and only from the seed."""

from __future__ import annotations

import numpy as np
import pytest

from marketplace.matching.state import NOWHERE
from marketplace.simulation.files import BadFileError
from marketplace.simulation.gather import gather

DUTY = "agent,starts_at,ends_at,skills,queue,site\na1,2026-03-02T09:00Z,2026-03-02T10:00Z,PS:3|NE,,home\n"


def given(tmp_path, calls, *, agents=DUTY, queues=None, history=None, seed=1):
    paths = {}
    for name, text in {"calls": calls, "agents": agents, "queues": queues, "history": history}.items():
        if text is not None:
            paths[name] = tmp_path / f"{name}.csv"
            paths[name].write_text(text, encoding="utf-8")
    return gather(**paths, seed=seed)


def calls(*rows):
    return "queue,arrived_at,handle_seconds,patience_seconds\n" + "".join(f"{row}\n" for row in rows)


def many(queue, count, handle="", patience=""):
    return [f"{queue},2026-03-02T09:{n // 60 % 60:02}:{n % 60:02}Z,{handle},{patience}" for n in range(count)]


def test_gather_plays_calls_in_order_of_arrival(tmp_path):
    world = given(tmp_path, calls("PS,2026-03-02T09:05Z,7,8", "NE,2026-03-02T09:01Z,5,6")).world
    assert [queue.code for queue in world.queues] == ["NE", "PS"]
    assert [(one.queue, one.handle_seconds, one.patience_seconds) for one in world.contacts] == [(0, 5, 6), (1, 7, 8)]
    (duty,) = world.duties
    assert (duty.skills, duty.queue, duty.at_home) == (((0, 1), (1, 3)), NOWHERE, True)


def test_gather_draws_handle_times_with_the_mean_and_cv_of_the_queue(tmp_path):
    told = [f"NE,2026-03-02T09:00Z,{seconds}," for seconds in (100, 200, 300, 400)]
    world = given(tmp_path, calls(*told, *many("NE", 6000), *many("PS", 1))).world
    drawn = np.array(
        [
            one.handle_seconds
            for one in world.contacts
            if one.queue == 0 and one.handle_seconds not in {100, 200, 300, 400}
        ]
    )
    assert drawn.mean() == pytest.approx(250, rel=0.03)
    assert drawn.std() / drawn.mean() == pytest.approx(129.1 / 250, rel=0.1)


def test_gather_draws_180_seconds_and_cv_1_2_where_a_queue_has_no_handle_time(tmp_path):
    world = given(tmp_path, calls(*many("NE", 6000), *many("PS", 5, handle=60))).world
    drawn = np.array([one.handle_seconds for one in world.contacts if one.queue == 0])
    assert drawn.mean() == pytest.approx(180, rel=0.05)
    assert drawn.std() / drawn.mean() == pytest.approx(1.2, rel=0.15)


def test_gather_draws_patience_with_the_mean_of_the_queue(tmp_path):
    world = given(tmp_path, calls(*many("NE", 6000, handle=1)), queues="queue,patience_seconds\nNE,90\nPS,\n").world
    assert np.mean([one.patience_seconds for one in world.contacts]) == pytest.approx(90, rel=0.05)


def test_gather_draws_the_same_from_the_same_seed_and_else_from_another(tmp_path):
    rows = calls(*many("NE", 20), *many("PS", 20, handle=60))
    first, again, other = (given(tmp_path, rows, seed=seed).world.contacts for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_gather_changes_no_other_call_when_one_is_told(tmp_path):
    rows = many("PS", 20, handle=60, patience="")
    before = given(tmp_path, calls(*rows, "NE,2026-03-02T09:30Z,5,5")).world.contacts
    rows[3] = rows[3].rstrip(",") + ",77"
    after = given(tmp_path, calls(*rows, "NE,2026-03-02T09:30Z,5,5")).world.contacts
    assert [one for one in before if one not in after] == [before[3]]
    assert after[3].patience_seconds == 77


def test_gather_assumes_the_handle_time_of_the_history_before_the_first_call(tmp_path):
    history = (
        "queue,interval_start,offered,handle_seconds\n"
        "NE,2026-03-01T09:00Z,10,900\nPS,2026-03-01T09:00Z,0,0\nNE,2026-03-09T09:00Z,10,9000\n"
    )
    world = given(tmp_path, calls("NE,2026-03-02T09:00Z,60,60"), history=history).world
    assert [queue.handle_seconds for queue in world.queues] == [90.0, 180.0]


def test_gather_refuses_queues_that_are_nowhere_else(tmp_path):
    agents = "agent,starts_at,ends_at,skills,queue\na,2026-03-02T09:00Z,2026-03-02T10:00Z,NE|XX:2,YY\n"
    with pytest.raises(BadFileError) as caught:
        given(tmp_path, calls("NE,2026-03-02T09:00Z,60,60"), agents=agents)
    assert caught.value.problems == (
        "agents.csv:2: skills: queue XX is in no other file, correct it or add the queue",
        "agents.csv:2: queue: YY is in no other file, correct it or add the queue",
    )


def test_gather_names_the_bad_rows_of_all_files(tmp_path):
    with pytest.raises(BadFileError) as caught:
        given(tmp_path, calls("NE,x,60,60"), agents=DUTY.replace("PS:3", "PS:9"), queues="queue\nNE\nNE\n")
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["calls.csv", "agents.csv", "queues.csv"]
