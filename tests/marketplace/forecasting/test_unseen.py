"""Real counts cut, thinned and upset in ways that no setting was chosen by are foretold no worse than by last week."""

from pathlib import Path

import numpy as np
import pytest

from tests.backtest import BANK, read
from tests.many_series import WORSE, ratios
from tests.many_windows import kept, odd_pair, shifted, window, without_days

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not (DATA / BANK).exists(), reason="the real counts are not here")


@pytest.fixture(scope="module")
def bank():
    return read(DATA / BANK, step=300, into=3600)


@pytest.mark.parametrize(("part", "ratio"), [(0.5, 2.0), (0.8, 0.3), (0.8, 3.0)])
def test_a_shift_of_the_level_is_followed_before_last_week_is(bank, part, ratio):
    assert max(ratios(shifted(bank, part=part, ratio=ratio, seed=21))) < 1.0


def test_two_odd_days_are_no_new_level(bank):
    assert max(ratios(odd_pair(bank, times=0.5, seed=22))) < 0.95


@pytest.mark.parametrize("share", [0.1, 0.001, 0.0002])
def test_however_few_contacts_there_are(bank, share):
    assert max(ratios(kept(bank, share, seed=23))) <= WORSE


def test_days_without_rows_and_a_few_weeks_only(bank):
    assert max(ratios(without_days(bank, share=0.2, zeros=False, seed=24))) < 1.0
    assert max(ratios(window(bank, first=35, days=28))) < 1.0


def test_the_series_are_what_their_names_say(bank):
    third = kept(bank, 0.3, seed=25)
    assert third.offered.sum() == pytest.approx(0.3 * bank.offered.sum(), rel=0.01)
    late = bank.starts >= bank.starts[0] + 0.5 * (bank.starts[-1] - bank.starts[0])
    for ratio in (0.5, 2.0):
        counts = shifted(bank, part=0.5, ratio=ratio, seed=26).offered / bank.offered
        assert counts[late].mean() / counts[~late].mean() == pytest.approx(ratio, rel=0.01)
    zeros, gone = (without_days(bank, share=0.2, zeros=zeros, seed=27) for zeros in (True, False))
    assert len(zeros.starts) == len(bank.starts)
    assert np.count_nonzero(zeros.offered) == len(gone.starts) < 0.95 * len(bank.starts)
    odd = odd_pair(bank, times=3.0, seed=28).offered != bank.offered
    assert 3 <= len(np.unique(bank.starts[odd] // 86_400)) <= 4
