"""Certifications that queues can demand, and the certificates that people hold until they expire or are revoked."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gigcx.accounts.models import Agent
from gigcx.ledger.keeping import drop, keep
from gigcx.ledger.record import record
from skills.models import Certificate, Certification

KIND = "competence.changed"


@transaction.atomic(durable=True)
def keep_certification(
    *, certification_id: int | None, name: str, valid_days: int | None, actor: str, now: datetime
) -> Certification:
    """A new certification (`certification_id` None), or other figures for one; certificates keep their end."""
    found = certification_id and Certification.objects.select_for_update().get(pk=certification_id)
    row = found or Certification()
    keep(row, figures={"name": name, "valid_days": valid_days}, kind="certification.changed", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def delete_certification(*, certification_id: int, actor: str, now: datetime) -> None:
    """Delete a certification that nobody holds and no queue asks for."""
    row = Certification.objects.get(pk=certification_id)
    drop(row, kind="certification.deleted", actor=actor, now=now)


@transaction.atomic(durable=True)
def grant_certificate(
    *,
    agent: Agent,
    certification: Certification,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    actor: str,
    now: datetime,
) -> Certificate:
    """The agent holds the certification, for the first time or again. Without an end it ends after its days, if any.

    Raises `ValidationError` for a period that ends before it begins.
    """
    found = Certificate.objects.select_for_update().filter(agent=agent, certification=certification).first()
    row = found or Certificate(agent=agent, certification=certification)
    if valid_until is None and certification.valid_days is not None:
        valid_until = (valid_from or now) + timedelta(days=certification.valid_days)
    keep(
        row,
        figures={"valid_from": valid_from, "valid_until": valid_until, "revoked_at": None},
        kind=KIND,
        subject=f"agent:{agent.pk}",
        actor=actor,
        now=now,
        also=None if found else {"certification": [None, certification.pk]},
    )
    return row


@transaction.atomic(durable=True)
def revoke_certificate(*, certificate_id: int, actor: str, now: datetime) -> None:
    """Take a certificate away at once; whoever serves a queue that demands it is moved by the next tick.

    Raises `ValidationError` if it was revoked already.
    """
    row = Certificate.objects.select_for_update().get(pk=certificate_id)
    if row.revoked_at is not None:
        raise ValidationError(_("This certificate was revoked already."))
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    data = {"certificate": row.pk, "certification": row.certification_id}
    record(kind="certificate.revoked", subject=f"agent:{row.agent_id}", actor=actor, at=now, data=data)
