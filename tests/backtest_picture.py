"""The picture of docs/forecast.md: a bank's fortnight as foretold and as it came, and errors beside other models."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from marketplace.forecasting.history import History
from marketplace.forecasting.make import make_forecast

WIDTH, HEIGHT, LEFT, TOP = 880, 250, 48, 34
BARS_TOP = 348
ROW = 22
DAY = 86_400
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#14202b}.t{font-weight:600;font-size:14px}.r{text-anchor:end}"
    ".band{fill:#0b63c5;fill-opacity:.22}.mean{fill:none;stroke:#0b63c5;stroke-width:1.6}.came{fill:#b3261e}"
    ".grid{stroke:#dde3e9;stroke-width:1}.ours{fill:#0b63c5}.other{fill:#9aa7b5}"
)


def draw(path: Path, history: History, found: dict[str, dict[str, dict[str, float]]]) -> None:
    """Write the picture; `found` as tests.backtest prints it."""
    names = {"bank": "A large bank's calls", "seattle": "Seattle's emergency calls"}
    rows = max(len(models) for models in found.values())
    height = BARS_TOP + 26 + rows * ROW
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">']
    parts += ["<title>A fortnight as it was foretold and as it came; errors beside other models</title>"]
    parts += [f"<style>{STYLE}</style>", f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>', *_fan(history)]
    for place, (name, models) in enumerate(found.items()):
        parts += _bars(f"{names[name]}: error over 14 days (WAPE)", models, left=place * WIDTH // 2)
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def _fan(history: History) -> Iterator[str]:
    """Ten days of business, foretold from the end of the fortnight before."""
    since = int(history.starts[-1]) // DAY * DAY + DAY - 14 * DAY
    made = make_forecast(history=history, since=since, until=since + 14 * DAY)
    came = dict(zip(history.starts.tolist(), history.offered.tolist(), strict=True))
    days = sorted({row.start // DAY for row in made.rows if row.start in came})
    shown = [row for row in made.rows if row.start // DAY in days]
    first, last = min(row.start % DAY for row in shown), max(row.start % DAY for row in shown)
    top = max(row.p90 for row in shown) * 1.05
    wide = (WIDTH - LEFT - 10) / len(days)

    def x(start: int) -> float:
        return LEFT + days.index(start // DAY) * wide + (start % DAY - first) / (last - first) * wide * 0.9

    def y(value: float) -> float:
        return TOP + HEIGHT * (1 - value / top)

    title = "Calls each half hour: foretold up to two weeks ahead, and what came"
    yield f'<text class="t" x="{LEFT}" y="18">{title}</text>'
    for value in range(0, int(top), 500):
        yield f'<path class="grid" d="M{LEFT} {y(value):.1f}H{WIDTH - 10}"/>'
        yield f'<text class="r" x="{LEFT - 6}" y="{y(value) + 4:.1f}">{value:,}</text>'
    for day in days:
        rows = [row for row in shown if row.start // DAY == day]
        upper = " ".join(f"{x(row.start):.1f},{y(row.p90):.1f}" for row in rows)
        lower = " ".join(f"{x(row.start):.1f},{y(row.p10):.1f}" for row in reversed(rows))
        yield f'<polygon class="band" points="{upper} {lower}"/>'
        yield f'<polyline class="mean" points="{" ".join(f"{x(row.start):.1f},{y(row.mean):.1f}" for row in rows)}"/>'
        for row in rows:
            if row.start in came:
                yield f'<circle class="came" cx="{x(row.start):.1f}" cy="{y(came[row.start]):.1f}" r="1.7"/>'
        label = str(np.datetime64(int(day), "D"))
        yield f'<text x="{x(rows[0].start):.1f}" y="{TOP + HEIGHT + 16}">{label[5:]}</text>'
    yield f'<text x="{LEFT}" y="{TOP + HEIGHT + 34}">band: p10 to p90, line: mean, points: what came</text>'


def _bars(title: str, models: dict[str, dict[str, float]], *, left: int) -> Iterator[str]:
    most = max(figures["wape 14"] for figures in models.values())
    yield f'<text class="t" x="{left + 8}" y="{BARS_TOP}">{title}</text>'
    ordered = sorted(models.items(), key=lambda one: one[1]["wape 14"])
    for place, (name, figures) in enumerate(ordered):
        top = BARS_TOP + 12 + place * ROW
        width = 200 * figures["wape 14"] / most
        yield f'<text class="r" x="{left + 160}" y="{top + 12}">{name}</text>'
        kind = "ours" if name == "gigcx" else "other"
        yield f'<rect class="{kind}" x="{left + 168}" y="{top}" width="{width:.1f}" height="15" rx="2"/>'
        yield f'<text x="{left + 174 + width:.1f}" y="{top + 12}">{figures["wape 14"]:.1%}</text>'
