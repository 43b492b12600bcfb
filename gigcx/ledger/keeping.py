"""Rows that people keep by hand: set some figures, check them all, save, and write what was changed to the ledger."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, ProtectedError, RestrictedError
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from gigcx.ledger.record import record, require_transaction


def keep(
    row: Model,
    *,
    figures: Mapping[str, Any],
    kind: str,
    subject: str = "",
    actor: str,
    now: datetime,
    private: Collection[str] = (),
    also: Mapping[str, Any] | None = None,
) -> bool:
    """Create the row or take over the figures that differ; whether anything changed.

    Callers hold the lock of a row that exists. The Entry says each changed figure as `[before, after]`; of `private`
    ones only the name, since the ledger outlives people. `also` are changes beside the row (what it is linked to), in
    the same form. `subject` defaults to `<model>:<pk>`. Raises `ValidationError` by field, with nothing saved.
    """
    require_transaction()
    fresh = row.pk is None
    before = {name: None if fresh else plain(getattr(row, name)) for name in figures}
    for name, value in figures.items():
        setattr(row, name, value)
    row.full_clean()
    changes = {name: [before[name], plain(getattr(row, name))] for name in figures}
    changes = {name: pair for name, pair in changes.items() if fresh or pair[0] != pair[1]}
    if fresh:
        row.save(force_insert=True)
    elif changes:
        row.save(update_fields=list(changes))
    elif not also:
        return False
    told = {name: None if name in private else pair for name, pair in changes.items()}
    data = {"new": fresh, "changed": told | dict(also or {})}
    record(kind=kind, subject=subject or name_of(row), actor=actor, at=now, data=data)
    return True


def drop(row: Model, *, kind: str, subject: str = "", actor: str, now: datetime) -> None:
    """Delete the row and say so in the ledger. Raises `ValidationError` while something still needs it."""
    require_transaction()
    gone = name_of(row)
    try:
        row.delete()
    except (ProtectedError, RestrictedError) as refusal:
        needed = refusal.protected_objects if isinstance(refusal, ProtectedError) else refusal.restricted_objects
        kinds = sorted({str(other._meta.verbose_name_plural) for other in needed})
        raise ValidationError(
            _("“%(row)s” is still needed by %(kinds)s. Change those first."),
            params={"row": row, "kinds": ", ".join(kinds)},
        ) from refusal
    record(kind=kind, subject=subject or gone, actor=actor, at=now, data={"deleted": gone})


def name_of(row: Model) -> str:
    """How the ledger names a row: `<model>:<pk>`."""
    return f"{row._meta.model_name}:{row.pk}"


def plain(value: Any) -> Any:
    """A value as JSON carries it."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Range):
        return [plain(value.lower), plain(value.upper)]
    return value
