"""A state as bytes and back, so that a tick of production can be replayed to the identical plan.

The format is NumPy's `.npz`: one array a column, named `queues.waiting`, `agents.queue`, `limits.dwell_seconds` and so
on. Nothing in it is code: it is read with pickling switched off.
"""

from __future__ import annotations

import io
from dataclasses import fields
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import numpy as np

from marketplace.matching.state import Agents, Eligible, Limits, Queues, State

FORMAT = 1
"""Raised when columns change their meaning. Columns may be added freely: `load` takes defaults for those it misses."""

QUICK = 1
"""How hard to pack: a tick waits for it. NumPy's own 6 takes four to six times as long for a tenth less."""


class UnreadableRecordError(ValueError):
    """The bytes are no state, or one of another format."""


def dump(state: State) -> bytes:
    """The state, losslessly: `load(dump(state))` has the same arrays and the same limits."""
    columns: dict[str, Any] = {"format": np.array(FORMAT), "now": np.array(state.now), "modes": state.modes}
    for name in ("queues", "agents", "eligible", "limits"):
        table = getattr(state, name)
        columns |= {f"{name}.{field.name}": np.asarray(getattr(table, field.name)) for field in fields(table)}
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=QUICK) as archive:
        for name, column in columns.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, column, allow_pickle=False)
    return buffer.getvalue()


def load(record: bytes) -> State:
    """The state that was dumped. Raises `UnreadableRecordError` for anything else."""
    try:
        with np.load(io.BytesIO(record), allow_pickle=False) as columns:
            _check_format(int(columns["format"]))
            return State(
                now=int(columns["now"]),
                queues=Queues(**_table("queues", Queues, columns)),
                agents=Agents(**_table("agents", Agents, columns)),
                eligible=Eligible(**_table("eligible", Eligible, columns)),
                modes=columns["modes"],
                limits=Limits(**{name: value.item() for name, value in _table("limits", Limits, columns).items()}),
            )
    except UnreadableRecordError:
        raise
    except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
        raise UnreadableRecordError(f"This is no recorded state: {error}") from error


def _check_format(found: int) -> None:
    if found != FORMAT:
        raise UnreadableRecordError(f"The record has format {found}, not {FORMAT}.")


def _table(name: str, kind: type[Any], columns: Any) -> dict[str, Any]:
    found = {field.name: f"{name}.{field.name}" for field in fields(kind)}
    return {field: columns[column] for field, column in found.items() if column in columns}
