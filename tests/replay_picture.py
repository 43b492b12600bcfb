"""The picture of docs/replay.md, from what `manage.py replay --json` printed: service level by policy.

python -m tests.replay_picture RESULT.json docs/pictures/february.svg
"""

import json
import sys
from pathlib import Path

ORDER = ("static", "plan", "matcher", "greedy", "routing", "pooled")
ROW, BAR, LEFT, SCALE = 34, 24, 90, 540
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {height}" font-family="system-ui, sans-serif"'
    ' font-size="14" fill="#14202b" role="img" aria-label="Service level by policy">'
)


def draw(levels: dict[str, float], *, of_what: str) -> str:
    """The picture as SVG; `levels` are service levels, 0–1, by policy."""
    found = [name for name in ORDER if name in levels]
    height = 56 + ROW * len(found)
    more, short = (100 * abs(levels["matcher"] - levels[other]) for other in ("static", "routing"))
    title = f"{of_what}: {more:.0f} points more answered in time than with fixed places, {short:.1f} short of routing"
    parts = [HEAD.format(height=height), f'<rect width="720" height="{height}" fill="#ffffff"/>']
    parts += [f'<text x="14" y="26" font-size="16" font-weight="600">{title}</text>']
    parts += [_row(name, levels[name], top=46 + ROW * place) for place, name in enumerate(found)]
    return "\n".join([*parts, "</svg>", ""])


def _row(name: str, level: float, *, top: int) -> str:
    colour, width = "#0b63c5" if name == "matcher" else "#9aa7b5", round(SCALE * level)
    label = f'<text x="{LEFT - 10}" y="{top + 17}" text-anchor="end">{name}</text>'
    bar = f'<rect x="{LEFT}" y="{top}" width="{width}" height="{BAR}" rx="3" fill="{colour}"/>'
    figure = f'<text x="{LEFT + width + 8}" y="{top + 17}" font-weight="600">{100 * level:.1f} %</text>'
    return label + bar + figure


if __name__ == "__main__":
    result = json.loads(Path(sys.argv[1]).read_text())
    levels = {name: figures["service_level"] for name, figures in result["policies"].items()}
    Path(sys.argv[2]).write_text(draw(levels, of_what="A bank’s February"), encoding="utf-8")
