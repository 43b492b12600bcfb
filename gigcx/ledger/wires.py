"""What the ledger must know of the packages above it: for each kind of Entry, who hears.

`gigcx.wiring` fills the table; the ledger itself only looks it up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gigcx.ledger.models import Entry

Topics = Callable[[Entry], Iterable[str]]


@dataclass(frozen=True)
class Wire:
    """Who hears of one kind of Entry: live pages by topic, and Celery tasks by name."""

    topics: Topics = lambda _entry: ()
    tasks: tuple[str, ...] = ()
    """Sent at most once for all entries of one round of the relay: a task looks up itself what there is to do."""


_table: dict[str, Wire] = {}


def connect(table: dict[str, Wire]) -> None:
    """Install the wiring; the whole table at once."""
    _table.clear()
    _table.update(table)


def wire(kind: str) -> Wire | None:
    """The wire for a kind of Entry, or None if nobody listens."""
    return _table.get(kind)
