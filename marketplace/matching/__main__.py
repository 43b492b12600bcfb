"""`python -m marketplace.matching PROBLEM.json` prints the best plan for a problem, without Django or a database."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from marketplace.matching.document import MalformedError, parse
from marketplace.matching.solve import solve


def main(arguments: list[str] | None = None) -> int:
    """Solve the problem in the file and print the plan. 0; 2 with every fault on standard error if it is malformed."""
    parser = argparse.ArgumentParser(prog="python -m marketplace.matching", description=__doc__)
    parser.add_argument("problem", metavar="PROBLEM.json", help="queues with convex costs, agents, the cost of a move")
    path = Path(parser.parse_args(arguments).problem)
    try:
        document = parse(path.read_text(encoding="utf-8"))
    except MalformedError as error:
        print(*(f"{path}: {fault}" for fault in error.faults), sep="\n", file=sys.stderr)
        return 2
    except (OSError, UnicodeDecodeError) as error:
        print(f"{path}: cannot be read ({error}), name a JSON file in UTF-8", file=sys.stderr)
        return 2
    print(json.dumps(document.answer(solve(document.problem)), indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
