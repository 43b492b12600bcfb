"""A bank's February 1999 (Technion SEELab, "Anonymous Bank") as the files that `manage.py replay` reads.

    python -m tests.bank1999 ../shared/data FOLDER

writes `calls.csv`, `agents.csv` and `queues.csv`. What becomes of the records:

- a call arrives when it leaves the voice menu; its queue is its type (PS, NW, NE, TT, IN, PE);
- one that an agent took keeps its service time; one that hung up in the queue has no handle time, and its patience is
  the time it waited; the patience of all others is drawn, with the mean of its type (waiting time ÷ abandonments, the
  estimator for censored exponential times), given in `queues.csv`;
- left out are calls that hung up in the menu and so never asked for anybody, and phantoms;
- an agent is on duty from the first to the last call of each day, able to do what the month shows him or her doing at
  least five times: level 5 for a tenth of that agent's calls or more, 4 for a fiftieth, else 3; no first queue.
"""

import csv
import gzip
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jerusalem")
LEAST_CALLS = 5


def convert(source: Path, folder: Path, *, days: Iterable[str] = ()) -> None:
    """Write the three files; only these days (ISO dates) where any are given."""
    chosen = set(days)
    calls = [call for call in _calls(source) if not chosen or call["date"] in chosen]
    skills = _skills(source)
    _write(folder / "calls.csv", ["queue", "arrived_at", "handle_seconds", "patience_seconds"], map(_call, calls))
    wanted = (row for row in _duties(source, skills) if not chosen or row[1][:10] in chosen)
    _write(folder / "agents.csv", ["agent", "starts_at", "ends_at", "skills"], wanted)
    _write(folder / "queues.csv", ["queue", "patience_seconds"], _patience(list(_calls(source))))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    yield from csv.DictReader(text.splitlines())


def _calls(source: Path) -> Iterator[dict[str, str]]:
    """Those that asked for an agent."""
    for call in _rows(source / "bank1999_feb_calls.csv.gz"):
        if call["outcome"] == "AGENT" or (call["outcome"] == "HANG" and int(call["q_time"]) > 0):
            yield call


def _call(call: dict[str, str]) -> list[object]:
    hours, minutes, seconds = map(int, call["vru_exit"].split(":"))
    day = datetime.fromisoformat(call["date"]).replace(tzinfo=ZONE)
    arrived = day + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if call["outcome"] == "HANG":
        return [call["type"], arrived.isoformat(), "", call["q_time"]]
    return [call["type"], arrived.isoformat(), max(1, int(call["ser_time"])), ""]


def _skills(source: Path) -> dict[str, str]:
    """For each agent the cell of the `skills` column."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _rows(source / "bank1999_feb_agent_skill_aht.csv"):
        counts[row["agent"]][row["type"]] = int(row["calls"])
    cells = {}
    for agent, calls in counts.items():
        share = {kind: count / sum(calls.values()) for kind, count in calls.items() if count >= LEAST_CALLS}
        levels = {kind: 5 if part >= 0.1 else 4 if part >= 0.02 else 3 for kind, part in share.items()}
        cells[agent] = "|".join(f"{kind}:{level}" for kind, level in sorted(levels.items()))
    return cells


def _duties(source: Path, skills: dict[str, str]) -> Iterator[list[str]]:
    """One row an agent and day; a day that begins before the last one's final call is over cuts that one short."""
    spans: dict[str, list[list[datetime]]] = defaultdict(list)
    for row in _rows(source / "bank1999_feb_agent_day_spans.csv"):
        spans[row["agent"]].append([datetime.fromisoformat(row[end]).replace(tzinfo=ZONE) for end in ("first", "last")])
    for agent, mine in spans.items():
        mine.sort()
        ends = [min(last, following[0]) for (_, last), following in zip(mine, [*mine[1:], [mine[-1][1]]], strict=True)]
        for (first, _), last in zip(mine, ends, strict=True):
            if first < last and skills.get(agent):
                yield [agent, first.isoformat(), last.isoformat(), skills[agent]]


def _patience(calls: list[dict[str, str]]) -> Iterator[list[object]]:
    for kind in sorted({call["type"] for call in calls}):
        mine = [call for call in calls if call["type"] == kind]
        lost = sum(call["outcome"] == "HANG" for call in mine)
        yield [kind, round(sum(int(call["q_time"]) for call in mine) / max(1, lost))]


def _write(path: Path, header: list[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
