"""How long a contact takes, while some of them still run."""

import numpy as np
import pytest

from marketplace.staffing.handle import Running, mean_handle_seconds


def test_handle_time_of_a_queue_that_fills_up_is_not_too_low() -> None:
    random = np.random.default_rng(1)
    began = np.sort(random.uniform(0, 300, 4000))
    lasts = random.exponential(200, 4000)
    running = began + lasts > 300
    measured = mean_handle_seconds(
        own=np.array([200.0]),
        total=np.array([lasts[~running].sum()]),
        answered=np.array([4000.0]),
        running=Running(contacts=np.array([running.sum()]), seconds=np.array([(300 - began[running]).sum()])),
    )
    assert lasts[~running].mean() < 120
    assert measured[0] == pytest.approx(200, rel=0.05)
