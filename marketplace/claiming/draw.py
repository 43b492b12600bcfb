"""The draw of places in a shift: weighted by equity, decided by a seed that was committed to before anyone asked.

Published in docs/draw.md. Each ticket's key is −ln(u) / weight, where u is a number in (0, 1) that HMAC-SHA256 makes of
the seed and the ticket; the smallest keys come first. That is sampling without replacement by weight (Efraimidis and
Spirakis, *Weighted random sampling with a reservoir*, 2006). Decimals throughout: the same on every machine.

`python -m marketplace.claiming.draw RECORD.json` draws a published record again.
"""

import hashlib
import hmac
import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

DIGITS = 60
MOST_LOST = 5
SIX_PLACES = Decimal("0.000001")


def weight(*, booked_hours: float, wanted_hours: float, lost: int) -> Decimal:
    """How much a ticket counts: more for each draw lost in a row, less the nearer the hours wanted are.

    (1 + lost) ÷ (1 + booked ÷ wanted)², with at most five lost draws, to six places. Whoever has all the hours wanted
    counts a quarter of one who has none. Raises `ValueError` unless hours are wanted.
    """
    if wanted_hours <= 0 or booked_hours < 0:
        raise ValueError("Hours wanted are above 0, hours booked at least 0.")
    share = Decimal(str(booked_hours)) / Decimal(str(wanted_hours))
    return ((1 + min(lost, MOST_LOST)) / (1 + share) ** 2).quantize(SIX_PLACES)


def seed_hash(seed: str) -> str:
    """What is shown of a seed (64 hexadecimal digits) before the draw: SHA-256 of its bytes."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def key(*, seed: str, ticket: int, weight: Decimal) -> Decimal:
    """Where the ticket stands: the smaller the earlier. −ln(u) / weight with u of (0, 1) from seed and ticket."""
    digest = hmac.new(bytes.fromhex(seed), str(ticket).encode(), hashlib.sha256).digest()
    with localcontext(prec=DIGITS):
        u = (Decimal(int.from_bytes(digest)) + 1) / (Decimal(2) ** 256 + 1)
        return -u.ln() / weight


def drawn_order(*, seed: str, weights: Mapping[int, Decimal]) -> list[int]:
    """All tickets in drawn order."""
    return sorted(weights, key=lambda ticket: (key(seed=seed, ticket=ticket, weight=weights[ticket]), ticket))


def winners(*, order: Sequence[int], places: int, against: Mapping[int, Sequence[str]]) -> list[int]:
    """The first `places` tickets in drawn order against which nothing stood when it was drawn."""
    return [ticket for ticket in order if not against.get(ticket)][:places]


def redraw(record: Mapping[str, Any]) -> dict[str, list[int]]:
    """Draw a published record again: its order and winners. Raises `ValueError` where seed and hash do not agree."""
    if seed_hash(record["seed"]) != record["seed_hash"]:
        raise ValueError("The seed is not the one whose hash was published.")
    weights = {
        ticket["ticket"]: weight(
            booked_hours=ticket["booked_hours"], wanted_hours=ticket["wanted_hours"], lost=ticket["lost"]
        )
        for ticket in record["tickets"]
    }
    order = drawn_order(seed=record["seed"], weights=weights)
    against = {ticket["ticket"]: ticket["against"] for ticket in record["tickets"]}
    return {"order": order, "winners": winners(order=order, places=record["places"], against=against)}


def main(arguments: Sequence[str]) -> int:
    """Print what a record's draw gives; 1 if the record says otherwise, 2 if it can't be read."""
    try:
        record = json.loads(Path(arguments[0]).read_text())
        again = redraw(record)
    except (IndexError, OSError, KeyError, TypeError, ValueError) as problem:
        sys.stderr.write(f"A draw's record as JSON is wanted: {problem}\n")
        return 2
    sys.stdout.write(json.dumps(again) + "\n")
    return 0 if all(record.get(name, found) == found for name, found in again.items()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
