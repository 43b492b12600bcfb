"""The rolling backtest of docs/forecast.md, on real counts beside library models.

    python -m tests.backtest ../shared/data FOLDER [--every 3]

prints the table and, into FOLDER, draws the picture. statsforecast is no dependency of ours: its models are measured
where someone has it (`pip install statsforecast`). Every model forecasts from the end of the same days, over the same
fourteen days, and is measured on the same intervals. Library models get what they need, a series without gaps: closed
hours cut out, unknown counts filled from the week before, with the day and the week as seasons.
"""

from __future__ import annotations

import csv
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.forecasting.clock import DAY_SECONDS
from marketplace.forecasting.counted import gathered
from marketplace.forecasting.forecast_row import ForecastRow
from marketplace.forecasting.grid import Grid, lay_out
from marketplace.forecasting.history import History
from marketplace.forecasting.intraday import correct_day
from marketplace.forecasting.make import at_days, fit, make_forecast
from marketplace.forecasting.rows import Fitted
from marketplace.forecasting.special import holidays_of
from marketplace.forecasting.spread import count_quantile, day_spread, inside_of, levels_of
from marketplace.matching.state import FloatArray, IntArray
from tests.backtest_picture import draw

try:
    from statsforecast import models
except ImportError:
    models = None

HORIZONS = (1, 7, 14)
LEAST_SEEN = 7
"""Origins before the first day that is corrected."""
BANK = "dev_bank_calls_5min_2003-03-03_2003-05-23.csv"
SEATTLE = "seattle_fire911_hourly_2015_2018.csv"
TYPES = "bank1999_feb_30min_by_type.csv"


@dataclass(frozen=True)
class Case:
    """One series, and the days from whose end on there are forecasts."""

    name: str
    history: History
    first: int
    every: int = 1


def cases(folder: Path, *, every: int = 1) -> Iterator[Case]:
    """The bank from its third week on; Seattle's calls over the last 40 weeks, forecasts from the 29th on."""
    yield Case("bank", read(folder / BANK, step=300, into=1800), first=13)
    seattle = read(folder / SEATTLE, step=3600, into=3600)
    last = seattle.starts >= seattle.starts[-1] - 280 * 86_400
    yield Case("seattle", History(seattle.starts[last], seattle.offered[last], 3600, seattle.zone), 196, every)


def read(path: Path, *, step: int, into: int) -> History:
    """Counts of `ts,calls[,filled]`, by the clock on the wall; filled rows are no counts."""
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row.get("filled", "0") != "1"]
    starts = [round(datetime.fromisoformat(row["ts"]).replace(tzinfo=UTC).timestamp()) for row in rows]
    zone = ZoneInfo("UTC")
    return History(
        *gathered(starts, [float(row["calls"]) for row in rows], step=step, into=into, zone=zone), into, zone
    )


def rare(folder: Path) -> Iterator[Case]:
    """The bank of February 1999 by type of call: four weeks, most intervals of IN and PE without a row."""
    zone = ZoneInfo("Asia/Jerusalem")
    by_type: dict[str, list[tuple[int, float]]] = {}
    with (folder / TYPES).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            start = datetime.fromisoformat(row["interval_start"]).replace(tzinfo=zone)
            by_type.setdefault(row["type"], []).append((round(start.timestamp()), float(row["offered"])))
    for kind, rows in sorted(by_type.items()):
        starts, offered = zip(*sorted(rows), strict=True)
        yield Case(kind, History(np.array(starts), np.array(offered), 1800, zone), first=13)


def backtest(case: Case, *, peers: bool = True) -> dict[str, dict[str, float]]:
    """WAPE, MASE (and for ours coverage of p10 to p90) by model and days ahead."""
    grid = lay_out(case.history, since=int(case.history.starts[-1]) + case.history.step_seconds)
    origins = np.arange(case.first, grid.days)
    fitted, _ = fit(grid, origins, None)
    truth = at_days(grid.counts, origins[:, None] + np.arange(1, 16))
    cubes = {"gigcx": fitted.mean, "seasonal naive": fitted.candidates.cubes[-1]}
    cubes["mean of past weeks"] = fitted.candidates.cubes[1]
    chosen = np.arange(0, len(origins) - 1, case.every)
    if peers:
        cubes |= {name: peer_cube(grid, origins, chosen, make) for name, make in peer_models(grid).items()}
    known = np.isfinite(truth) & np.isfinite(cubes["seasonal naive"])
    inside = inside_of(truth, fitted.mean, fitted.spread)
    scale = float(np.nanmean(np.abs(grid.counts[7:] - grid.counts[:-7])))
    answer: dict[str, dict[str, float]] = {}
    for name, cube in cubes.items():
        answer[name] = {}
        for days in HORIZONS:
            where = np.zeros_like(known)
            where[chosen, :days] = known[chosen, :days] & np.isfinite(cube[chosen, :days])
            off = np.abs(cube - truth)[where]
            answer[name] |= {
                f"wape {days}": float(off.sum() / truth[where].sum()),
                f"mase {days}": float(off.mean()) / scale,
            }
            if name == "gigcx":
                answer[name][f"cover {days}"] = float(inside[where].mean())
    return answer


def intraday(case: Case, *, seconds: int, days_ahead: Sequence[int], least: float = 0.1) -> dict[str, float]:
    """What the correction is worth `seconds` after a day's first interval began, over forecasts so many days ahead.

    Days whose total was off by more than `least` of the forecast; absolute errors of the rest of these days, by
    interval and in total, as shares of what they were uncorrected. `of the day` is the error of the whole day's total,
    which is that of the rest, as a share of what it was before the day began. `best by interval` is left to a factor
    that knows how many contacts the rest of the day will have: the chance of single intervals, which no day factor
    explains.
    """
    grid = lay_out(case.history, since=int(case.history.starts[-1]) + case.history.step_seconds)
    origins = np.arange(case.first, grid.days)
    fitted, _ = fit(grid, origins, None)
    truth = at_days(grid.counts, origins[:, None] + np.arange(1, 16))
    off = np.zeros(6)
    days = 0
    for ahead in days_ahead:
        for row in range(LEAST_SEEN, len(origins)):
            came, mean = truth[row, ahead - 1], fitted.mean[row, ahead - 1]
            slots = np.flatnonzero(np.isfinite(came) & (mean > 0))
            if not len(slots) or abs(came[slots].sum() / mean[slots].sum() - 1) <= least:
                continue
            begun = int(slots[0]) * grid.step_seconds + seconds
            known = np.where(np.arange(row + 1)[:, None, None] < row, truth[: row + 1], np.nan)
            spread = day_spread(fitted.mean[: row + 1], known, excess=fitted.spread.excess[: row + 1])
            rows = foretold(fitted, row, ahead, slots)
            seen = {one.start: came[one.start // grid.step_seconds] for one in rows}
            rest = correct_day(
                rows=rows,
                step_seconds=grid.step_seconds,
                came={start: count for start, count in seen.items() if start + grid.step_seconds <= begun},
                now=begun,
                day_spread=spread,
            )
            places = [one.start // grid.step_seconds for one in rest]
            before, after = mean[places] - came[places], np.array([one.mean for one in rest]) - came[places]
            told = mean[places] * came[places].sum() / mean[places].sum() - came[places]
            of_day = abs(came[slots].sum() - mean[slots].sum())
            off += *(np.abs(one).sum() for one in (before, after, told)), abs(before.sum()), abs(after.sum()), of_day
            days += 1
    shares = {"by interval": off[1] / off[0], "best by interval": off[2] / off[0]}
    shares |= {"in total": off[4] / off[3], "of the day": off[4] / off[5]}
    return {"days": days} | {name: float(share) for name, share in shares.items()}


def holidays_kept(folder: Path, *, every: int) -> Iterator[tuple[str, float, float]]:
    """WAPE over fourteen days of Seattle's last twelve weeks without and with US holidays: of all days, and of these.

    By the product's own path, four years of history behind each forecast.
    """
    seattle = read(folder / SEATTLE, step=3600, into=3600)
    end = int(seattle.starts[-1]) // DAY_SECONDS * DAY_SECONDS
    came = dict(zip(seattle.starts.tolist(), seattle.offered.tolist(), strict=True))
    off: dict[str, FloatArray] = {"all days": np.zeros(3), "holidays": np.zeros(3)}
    for since in range(end - 84 * DAY_SECONDS, end, every * DAY_SECONDS):
        until = since + 14 * DAY_SECONDS
        plain, kept = (
            make_forecast(history=replace(seattle, country=country), since=since, until=until).rows
            for country in ("", "US")
        )
        for one, other in zip(plain, kept, strict=True):
            if one.start in came:
                seen, day = came[one.start], one.start // DAY_SECONDS
                some = np.array([abs(one.mean - seen), abs(other.mean - seen), seen])
                is_holiday = day in holidays_of("US", datetime.fromtimestamp(one.start, UTC).year)
                off["all days"] += some
                off["holidays"] += some * is_holiday
    for name, (without, with_them, total) in off.items():
        yield name, float(without / total), float(with_them / total)


def foretold(fitted: Fitted, origin: int, ahead: int, slots: IntArray) -> list[ForecastRow]:
    """Rows of one day as they were forecast, by seconds after midnight."""
    mean, excess = fitted.mean[origin, ahead - 1, slots], fitted.spread.excess[origin, ahead - 1]
    levels = levels_of(fitted.spread.scores[origin, ahead - 1])
    low, middle, high = (count_quantile(np.full(len(slots), one), mean, np.full(len(slots), excess)) for one in levels)
    return [
        ForecastRow(int(slot) * fitted.grid.step_seconds, *(float(one[i]) for one in (mean, low, middle, high)))
        for i, slot in enumerate(slots)
    ]


def peer_models(grid: Grid) -> dict[str, Callable[[], object]]:
    """Library models with the day's and the week's open intervals as seasons; none where the library is missing."""
    if models is None:
        return {}
    open_days = [int(row.sum()) for row in grid.opened if row.any()]
    day, week = max(open_days), sum(open_days)
    return {
        "statsforecast MSTL": lambda: models.MSTL(season_length=[day, week]),
        "statsforecast AutoETS": lambda: models.AutoETS(season_length=day),
        "statsforecast Theta": lambda: models.DynamicOptimizedTheta(season_length=week),
    }


def peer_cube(grid: Grid, origins: FloatArray, chosen: FloatArray, make: Callable[[], object]) -> FloatArray:
    """Its forecasts: origins × days ahead × slots, nan where there is none."""
    weekdays = grid.weekdays
    cube = np.full((len(origins), 15, grid.counts.shape[1]), np.nan)
    for row in chosen:
        past = grid.counts[: origins[row] + 1].copy()
        for day in range(7, len(past)):
            past[day] = np.where(np.isfinite(past[day]), past[day], past[day - 7])
        opened = grid.opened[weekdays[: len(past)]]
        values = past[opened]
        values = np.where(np.isfinite(values), values, np.nanmean(values))
        coming = grid.opened[(grid.first_day + origins[row] + 1 + np.arange(14) + 3) % 7]
        made = make().forecast(y=values, h=int(coming.sum()))["mean"]  # type: ignore[attr-defined]
        block = np.full(coming.shape, np.nan)
        block[coming] = np.maximum(made, 0.0)
        cube[row, :14] = block
    return cube


def table(found: dict[str, dict[str, dict[str, float]]]) -> Iterator[str]:
    """Markdown."""
    for name, models in found.items():
        yield f"| {name} | " + " | ".join(f"{days} d: WAPE | MASE" for days in HORIZONS) + " |"
        yield "|---" * (1 + 2 * len(HORIZONS)) + "|"
        for model, figures in models.items():
            cells = [f"{figures[f'wape {days}']:.2%} | {figures[f'mase {days}']:.3f}" for days in HORIZONS]
            yield f"| {model} | " + " | ".join(cells) + " |"
        ours = models["gigcx"]
        yield "coverage of p10 to p90: " + ", ".join(f"{days} d {ours[f'cover {days}']:.1%}" for days in HORIZONS)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=3, help="Seattle: every so many days (default: %(default)s)")
    options = parser.parse_args()
    every = list(cases(options.data, every=options.every))
    found = {case.name: backtest(case) for case in every}
    sys.stdout.write("\n".join(table(found)) + "\n")
    for case in rare(options.data):
        grid = lay_out(case.history, since=int(case.history.starts[-1]) + case.history.step_seconds)
        _, one = fit(grid, np.arange(case.first, grid.days), None)
        sys.stdout.write(f"{case.name}: WAPE {one.wape:.1%}, seasonal naive {one.naive_wape:.1%}: {one.model}\n")
    for name, plain, kept in holidays_kept(options.data, every=options.every):
        sys.stdout.write(f"seattle, {name}: WAPE {plain:.1%}, with US holidays {kept:.1%}\n")
    for case, days_ahead in zip(every, (range(1, 15), (1,)), strict=True):
        for hours in (2, 4, 8, 10, 12):
            left = intraday(case, seconds=hours * 3600, days_ahead=days_ahead)
            text = f"{left['days']} days, left of the error {left['by interval']:.1%}, in total {left['in total']:.1%}"
            text += f", of the whole day's {left['of the day']:.1%}"
            best = f"with the rest's total known {left['best by interval']:.1%}"
            sys.stdout.write(f"{case.name}, corrected after {hours} h: {text}; {best}\n")
    draw(options.folder / "forecast.svg", every[0].history, found)


if __name__ == "__main__":
    main()
