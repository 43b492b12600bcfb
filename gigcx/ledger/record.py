"""Writing to the ledger: always inside the transaction of the change that it records."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from gigcx.ledger.models import Entry


def record(*, kind: str, subject: str = "", actor: str = "", at: datetime, data: dict[str, Any] | None = None) -> Entry:
    """Write one Entry. Raises `RuntimeError` outside a transaction: a change and its Entry stand or fall together."""
    require_transaction()
    return Entry.objects.create(kind=kind, subject=subject, actor=actor, at=at, data=data or {})


def record_many(entries: Iterable[Entry]) -> Sequence[Entry]:
    """Write many entries in one statement; for set-based actions."""
    require_transaction()
    return Entry.objects.bulk_create(entries, batch_size=2000)


def require_transaction() -> None:
    """Raise `RuntimeError` unless inside `transaction.atomic`."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            "An Entry is written in the transaction of its change: wrap the action in transaction.atomic."
        )
