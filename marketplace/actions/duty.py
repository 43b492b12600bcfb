"""Duty by hand: take back what was planned and has not begun."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gigcx.ledger.keeping import drop
from marketplace.models import Duty


@transaction.atomic(durable=True)
def cancel_duty(*, duty_id: int, actor: str, now: datetime) -> None:
    """Delete a duty that has not begun. Raises `ValidationError` for one that has: it is part of the record."""
    duty = Duty.objects.select_for_update().get(pk=duty_id)
    if duty.period.lower <= now:
        raise ValidationError(_("This duty has begun and stays on record."))
    drop(duty, kind="duty.cancelled", subject=f"agent:{duty.agent_id}", actor=actor, now=now)
