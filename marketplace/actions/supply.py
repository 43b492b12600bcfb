"""Supplies as admins keep them: who can give hours, at what cost, with what notice."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gigcx.ledger.keeping import drop, keep
from marketplace.models import Supply


@transaction.atomic(durable=True)
def keep_supply(*, supply_id: int | None, actor: str, now: datetime, **figures: Any) -> Supply:
    """A new supply (`supply_id` None), or other figures for one: the fields of `Supply`; what is not given stays.

    Raises `ValidationError` by field, and `Supply.DoesNotExist`.
    """
    supply = Supply.objects.select_for_update().get(pk=supply_id) if supply_id is not None else Supply()
    keep(supply, figures=figures, kind="supply.changed", actor=actor, now=now)
    return supply


@transaction.atomic(durable=True)
def delete_supply(*, supply_id: int, actor: str, now: datetime) -> None:
    """Forget a supply; nothing refers to it."""
    drop(Supply.objects.select_for_update().get(pk=supply_id), kind="supply.deleted", actor=actor, now=now)
