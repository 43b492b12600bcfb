"""`bench forecast` in small."""

from marketplace.bench.forecast import run


def test_all_queues_are_forecast():
    (result,) = run(queues=2, processes=1)
    assert result["queues"] == 2
    assert result["failed"] == 0
    assert result["rows"] == 2 * 12 * 24
    assert result["seconds"] > 0
