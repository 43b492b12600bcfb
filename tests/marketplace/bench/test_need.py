"""`manage.py bench need`, on one small centre."""

from concurrent.futures import ThreadPoolExecutor

from marketplace.bench.need import judge


def test_a_centre_is_judged_at_its_need_and_at_less() -> None:
    with ThreadPoolExecutor(1) as pool:
        found = judge(pool, kind="chain", queues=3, load=8.0, policy="routing", days=6)
    assert found["need"] < found["alone"]
    assert found["less"] == int(0.95 * found["need"])
    assert found["level_with_less"] < found["level"]
    assert 0 <= found["met_with_less"] <= found["met"] == 1.0
    assert found["worst_queue"] <= found["level"]
