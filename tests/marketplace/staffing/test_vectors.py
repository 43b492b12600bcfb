"""All third-party values of ../shared/data/erlang_vectors_dev.csv, each to its own tolerance."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marketplace.staffing.erlang import erlang_a, erlang_b, erlang_c
from marketplace.staffing.need import agents_needed, headcount

VECTORS = Path(__file__).resolve().parents[3].parent / "shared/data/erlang_vectors_dev.csv"


def _rows() -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{VECTORS.name} is not beside the project"))]
    with VECTORS.open(newline="") as file:
        return [pytest.param(row, id=f"{row['id']}-{row['model']}-{row['quantity']}") for row in csv.DictReader(file)]


def _answer(row: dict[str, str]) -> float:
    given = {name: float(value) for name, value in (part.split("=") for part in row["inputs"].split(";") if part)}
    if row["model"] == "ErlangB":
        agents = np.arange(100) if "target" in given else given["n"]
        blocked = erlang_b(rate=given["a"], handle_seconds=1.0, agents=agents)
        return float(np.argmax(blocked <= given["target"]) if "target" in given else blocked)
    queue = {"rate": given["calls"] / given["interval_s"], "handle_seconds": given["aht_s"]}
    target = given.get("t_s", given.get("t_min", 0.0) * 60)
    if "sl" in given:
        need = agents_needed(
            **queue, patience_seconds=np.inf, target_share=given["sl"], target_seconds=target,
            occupancy_cap=given["max_occ"],
        )  # fmt: skip
        return float(headcount(agents=need, shrinkage=given.get("shrinkage", 0.0)))
    if row["model"] == "ErlangC":
        found = erlang_c(**queue, agents=given["n"], target_seconds=target)
    else:
        found = erlang_a(**queue, patience_seconds=given["patience_s"], agents=given["n"], target_seconds=target)
    return float(
        {
            "p_wait": found.wait_probability,
            "service_level": found.service_level,
            "asa_s": found.mean_wait_seconds,
            "mean_wait_min_all_arrivals": found.mean_wait_seconds / 60,
            "p_abandon": found.abandonment,
            "occupancy": found.occupancy,
        }[row["quantity"]]
    )


@pytest.mark.parametrize("row", _rows())
def test_third_party_value_is_met(row: dict[str, str]) -> None:
    answer = _answer(row)
    assert abs(answer - float(row["published"])) <= float(row["tolerance"])
    assert answer == pytest.approx(float(row["exact"]), abs=1e-9)


@pytest.mark.skipif(not VECTORS.exists(), reason="erlang_vectors_dev.csv is not beside the project")
def test_every_row_is_tested() -> None:
    assert len(_rows()) == 23
