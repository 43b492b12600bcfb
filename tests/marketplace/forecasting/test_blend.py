"""The mixture is safe: where little is known it keeps near last week's figures, and it never gets far worse."""

import numpy as np
import pytest

from marketplace.forecasting.blend import blend_weights, contacts_known, due_weights
from marketplace.forecasting.candidates import NAMES, walk
from marketplace.forecasting.grid import lay_out
from tests.many_series import Kind, draw, judged, kinds

ORIGINS, AHEAD, SLOTS = 20, 15, 12


def mixed(*, rate: float = 100.0, filled: float = 1.0, contacts: float = 1e6, off: dict[str, float] | None = None):
    """Shares after twenty days of counts of 10, where each candidate is off by so much."""
    cubes = np.full((len(NAMES), ORIGINS, AHEAD, SLOTS), 10.0)
    for name, error in (off or {}).items():
        cubes[NAMES.index(name)] += error
    weights = blend_weights(
        cubes,
        np.full((ORIGINS, AHEAD, SLOTS), 10.0),
        due=due_weights(ORIGINS, AHEAD),
        filled=np.full(ORIGINS, filled),
        rate=np.full(ORIGINS, rate),
        contacts=np.full(ORIGINS, contacts),
    )
    assert weights.sum(axis=1) == pytest.approx(np.ones(ORIGINS))
    return [dict(zip(NAMES, row, strict=True)) for row in weights]


def test_beforehand_it_is_the_model_and_the_less_the_quieter_a_queue_is():
    shares = [mixed(rate=rate)[0] for rate in (100.0, 0.5, 0.01)]
    assert shares[0]["model"] > 0.7
    assert shares[0]["model"] > shares[1]["model"] > shares[2]["model"]
    assert shares[0]["lately"] < shares[1]["lately"] < shares[2]["lately"]
    assert shares[2]["lately"] > 0.5


def test_what_did_better_gets_the_weight():
    last = mixed(off=dict.fromkeys(("model", "weeks", "recent", "lately"), 2.0))[-1]
    assert last["naive"] > 0.9
    quiet = mixed(rate=0.01, off=dict.fromkeys(("lately", "weeks", "recent", "naive"), 2.0))[-1]
    assert quiet["model"] > 0.9


def test_where_few_contacts_are_known_it_keeps_near_the_naive_forecast_the_nearer_the_fewer():
    shares = [
        mixed(contacts=contacts, off=dict.fromkeys(NAMES, 2.0))[-1]["naive"] for contacts in (1e6, 1000, 100, 10, 0)
    ]
    assert shares == sorted(shares)
    assert shares[0] < 0.1
    assert shares[2] > 0.7
    assert shares[-1] == pytest.approx(0.9, abs=0.03)
    busy = mixed(contacts=100, off={"naive": 4.0})[-1]["naive"]
    assert busy < 0.1  # so much better that a hundred contacts are enough to tell


def test_contacts_known_are_those_up_to_the_origin_the_older_the_less():
    counts = np.array([[100.0, np.nan], *[[0.0, 0.0]] * 41, [np.nan, np.nan], [50.0, 50.0]])
    assert contacts_known(counts, np.array([0, 42, 43])) == pytest.approx([100, 50, 100 * 0.5 ** (43 / 42) + 100])


def test_where_most_intervals_have_no_row_only_weeks_are_mixed_the_last_one_most_where_rows_are_rarest():
    rare, rarer = mixed(filled=0.4)[-1], mixed(filled=0.1)[-1]
    for shares in (rare, rarer):
        assert shares["weeks"] + shares["naive"] == pytest.approx(1)
    assert rarer["naive"] > rare["naive"] > 0.3


def test_lately_has_the_models_shape_and_last_weeks_contacts():
    history = draw(Kind("plain", 300.0, shift=(0.9, 3.0)), 1)
    grid = lay_out(history, since=int(history.starts[-1]) + 1800)
    cubes = walk(grid, grid.counts, origins=np.array([grid.days - 1])).cubes[:, 0]
    model, lately, naive = (cubes[NAMES.index(name)][np.isfinite(cubes[-1])] for name in ("model", "lately", "naive"))
    assert lately.sum() == pytest.approx(naive.sum())
    assert lately / model == pytest.approx(np.full(len(model), lately[0] / model[0]))


@pytest.mark.parametrize("name", ["sparse", "without zeros", "trend", "level shift", "days missing", "new"])
def test_series_that_no_model_fits_are_foretold_as_well_as_by_last_week(name):
    some = [kind for kind in kinds() if kind.name == name][::3]
    found = [judged(kind, 20) for kind in some]
    assert all(one is None or not one.is_worse for one in found), [one for one in found if one and one.is_worse]
    assert sum(one is not None for one in found) >= 2


def test_last_weeks_figures_that_were_right_to_the_contact_are_taken():
    kind = Kind("the same every week", 100.0, factor=0.0, exact=True)
    assert judged(kind, 3).ratio == (1.0, 1.0, 1.0)  # off by less than a trifle
