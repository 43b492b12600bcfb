"""How far the matcher may go: the mode of a department, the switch that stops everything, the policy's figures."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from gigcx.accounts.models import Department, DepartmentMode
from gigcx.ledger.record import record
from marketplace.models import Policy


@transaction.atomic(durable=True)
def set_mode(*, department_id: int, mode: int, actor: str, now: datetime) -> bool:
    """Whether the mode changed. Raises `Department.DoesNotExist`, or `ValueError` for no mode."""
    wanted = DepartmentMode(mode)
    department = Department.objects.select_for_update().get(pk=department_id)
    if department.mode == wanted:
        return False
    before, department.mode = department.mode, wanted
    department.save(update_fields=["mode"])
    data = {"department": department_id, "before": before, "after": int(wanted)}
    record(kind="mode.changed", subject=f"department:{department_id}", actor=actor, at=now, data=data)
    return True


@transaction.atomic(durable=True)
def set_stopped(*, stopped: bool, actor: str, now: datetime) -> bool:
    """Stop every automatic move, or allow them again; whether anything changed. Takes effect with the next tick."""
    if not Policy.objects.filter(pk=1, stopped=not stopped).update(stopped=stopped):
        return False
    record(kind="matcher.stopped" if stopped else "matcher.resumed", actor=actor, at=now)
    return True


@transaction.atomic(durable=True)
def set_policy(*, actor: str, now: datetime, **figures: float) -> list[str]:
    """Set the policy's figures; the names that changed. Raises `ValidationError` naming each figure out of range."""
    policy = Policy.objects.select_for_update().get(pk=1)
    known = {field.name for field in Policy._meta.get_fields()} - {"id", "stopped"}
    if unknown := set(figures) - known:
        raise ValidationError(dict.fromkeys(unknown, "The policy has no such figure."))
    changed = [name for name, value in figures.items() if getattr(policy, name) != value]
    for name in changed:
        setattr(policy, name, figures[name])
    policy.full_clean()
    if changed:
        policy.save(update_fields=changed)
        data = {"figures": {name: figures[name] for name in changed}}
        record(kind="policy.changed", subject="policy:1", actor=actor, at=now, data=data)
    return changed
