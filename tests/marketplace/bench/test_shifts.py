"""What the bench of the agent's page counts, in a small marketplace."""

import pytest

from marketplace.bench.shifts import run

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_bench_shows_what_it_says_in_a_fixed_number_of_statements(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    claimable, everything = run(shifts=300, agents=40, requests=2)
    assert (claimable["list"], everything["list"]) == ("claimable", "all")
    assert everything["shown"] == 200 > claimable["shown"] > 0
    # one reads what the agent can serve, one the seats where there are sites
    assert claimable["queries"] in {11, 12, 13}
    assert everything["queries"] == 12
