"""History handed over on a page: taken, looked at, and loaded once somebody said so."""

import gzip
import io
import logging
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gigcx.accounts.models import User
from gigcx.ledger.record import record
from marketplace.actions.load_counts import load_counts, look_at_counts
from marketplace.forecasting.intake.codes import POSSIBLE, Choice, Choices, Code
from marketplace.forecasting.intake.inspect import Inspection
from marketplace.models import Upload, UploadState

log = logging.getLogger(__name__)
SMALL = 512 * 1024
"""Bytes of a file that is looked at and loaded while the person waits; about 13,000 rows. Others go to a worker."""
LARGEST = 256 * 1024 * 1024
"""Bytes of a file once it is unpacked."""
NAMED = 20
"""Findings of one kind that are kept to be shown, row by row."""
STUCK = timedelta(minutes=15)
PROGRESS = 0.04
"""Steps in which progress is written down."""


def take_upload(*, content: bytes, name: str, timezone: str, by: User, actor: str, now: datetime) -> Upload:
    """Keep a file and look at it: a small one at once, another by a task. Raises `ValidationError` by field."""
    unpacked = _unpacked(content)
    upload = Upload(
        name=name[-200:] or "counts.csv",
        content=gzip.compress(unpacked, 1),
        timezone=timezone,
        uploaded_by=by,
        uploaded_at=now,
        changed_at=now,
    )
    upload.full_clean(exclude=["content", "choices", "report"])
    with transaction.atomic():
        upload.save(force_insert=True)
        record(kind="upload.taken", subject=f"upload:{upload.pk}", actor=actor, at=now, data={"name": upload.name})
    if len(unpacked) <= SMALL:
        work(upload_id=upload.pk, now=now)
    return upload


def look_at_upload(*, upload_id: int, now: datetime) -> None:
    """Look through the whole file with the choices made so far, and write down what was found."""
    upload = Upload.objects.get(pk=upload_id)
    inspection = _inspect(upload, now=now)
    Upload.objects.filter(pk=upload_id, state=UploadState.LOOKING).update(
        state=UploadState.SEEN, report=_report(inspection), progress=1, changed_at=now
    )


def choose(
    *, upload_id: int, choices: Mapping[str, str], load: bool = False, repair: bool = False, actor: str, now: datetime
) -> None:
    """Choose what is done about each kind of finding, and look again with it; with `load`, load if nothing is refused.

    With `repair`, every kind that was found and would still stop the file is repaired, or kept if that is all that can
    be done. Small files at once, others by a task. Raises `ValidationError` for a choice that there is not, and for a
    file that is being worked on or was loaded.
    """
    known = _choices(choices)
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if upload.state not in {UploadState.SEEN, UploadState.FAILED}:
            raise ValidationError(_("This file is being worked on, or was loaded already."))
        if repair:
            known = _choices({**choices, **_repairs(upload, known)})
        state = UploadState.LOADING if load else UploadState.LOOKING
        Upload.objects.filter(pk=upload_id).update(
            choices={code: str(known[code]) for code in Code}, state=state, progress=0, problem="", changed_at=now
        )
        record(kind="upload.chosen", subject=f"upload:{upload_id}", actor=actor, at=now, data={"load": load})
    if len(upload.content) <= SMALL // 4:  # packed
        work(upload_id=upload_id, now=now)


def _repairs(upload: Upload, known: Choices) -> dict[str, str]:
    """What lets every kind pass that was found and that these choices refuse."""
    found = [Code(group["code"]) for group in upload.report.get("groups", [])]
    stopping = [code for code in found if known[code] is Choice.REFUSE]
    ways = ((code, choice) for code in stopping for choice in (Choice.KEEP, Choice.REPAIR) if choice in POSSIBLE[code])
    return {str(code): str(choice) for code, choice in ways}


def work(*, upload_id: int, now: datetime) -> None:
    """Do what an upload waits for. What goes wrong stands on its page."""
    upload = Upload.objects.select_related("uploaded_by").get(pk=upload_id)
    try:
        if upload.state == UploadState.LOADING:
            _load(upload, now=now)
        elif upload.state == UploadState.LOOKING:
            look_at_upload(upload_id=upload_id, now=now)
    except Exception as problem:
        log.exception("upload %s", upload_id)
        Upload.objects.filter(pk=upload_id).update(
            state=UploadState.FAILED, problem=f"{type(problem).__name__}: {problem}"[:500], changed_at=now
        )


def drop_upload(*, upload_id: int, actor: str, now: datetime) -> None:
    """Forget a file; what was loaded from it stays."""
    with transaction.atomic():
        if Upload.objects.filter(pk=upload_id).exclude(state=UploadState.LOADING).delete()[0]:
            record(kind="upload.dropped", subject=f"upload:{upload_id}", actor=actor, at=now)


def waiting_uploads(*, now: datetime) -> list[int]:
    """Those that a task has to work on, oldest first; none that somebody seems to be working on."""
    waiting = Upload.objects.filter(state__in=[UploadState.LOOKING, UploadState.LOADING], progress=0)
    return list(waiting.filter(changed_at__gt=now - STUCK).order_by("changed_at").values_list("pk", flat=True))


def _load(upload: Upload, *, now: datetime) -> None:
    inspection = _inspect(upload, now=now)
    report = _report(inspection)
    if inspection.refused:
        Upload.objects.filter(pk=upload.pk).update(
            state=UploadState.SEEN, report={**report, "stopped": True}, changed_at=now
        )
        return
    with transaction.atomic():
        # a second worker that had the same idea finds it loaded
        if not Upload.objects.select_for_update().filter(pk=upload.pk, state=UploadState.LOADING).exists():
            return
        loaded = load_counts(
            inspection=inspection, file=upload.name, actor=upload.uploaded_by.ledger_name, now=now, forecast=False
        )
        Upload.objects.filter(pk=upload.pk).update(
            state=UploadState.LOADED,
            report={**report, "loaded": loaded.as_data()},
            content=b"",
            progress=1,
            changed_at=now,
        )


def _inspect(upload: Upload, *, now: datetime) -> Inspection:
    last = 0.0

    def progress(share: float) -> None:
        nonlocal last
        if share - last >= PROGRESS:
            last = share
            Upload.objects.filter(pk=upload.pk).update(progress=share)

    return look_at_counts(
        content=gzip.decompress(bytes(upload.content)),
        file=upload.name,
        zone=ZoneInfo(upload.timezone),
        choices=_choices(upload.choices),
        now=now,
        progress=progress,
    )


def _choices(chosen: Mapping[str, str]) -> Choices:
    """Choices by code, as a form or a row holds them."""
    sorted_out: dict[str, list[str]] = {str(choice): [] for choice in Choice}
    for name, choice in chosen.items():
        if name not in set(Code) or choice not in POSSIBLE[Code(name)]:
            raise ValidationError(
                _("%(choice)s can't be chosen for %(code)s."), params={"choice": choice, "code": name}
            )
        sorted_out[choice].append(name)
    return Choices(**sorted_out)


def _report(inspection: Inspection) -> dict[str, Any]:
    """What the page shows: findings by kind with the first of each, and every queue with its totals."""
    groups = []
    for code in Code:
        found = [finding for finding in inspection.findings if finding.code is code]
        if found:
            first = [
                {"line": one.line, "column": one.column, "queue": one.queue, "rows": one.rows, "data": one.data}
                for one in found[:NAMED]
            ]
            groups.append({"code": str(code), "count": len(found), "first": first})
    days = inspection.preview()
    queues = [{"queue": code, "step": inspection.steps[code], "points": days[code]} for code in sorted(days)]
    times = [row.interval_start for row in inspection.rows]
    period = {"first": min(times).isoformat(), "last": max(times).isoformat()} if times else {}
    return {"read": inspection.read, "rows": len(inspection.rows), "groups": groups, "queues": queues, **period}


def _unpacked(content: bytes) -> bytes:
    """The bytes of the file itself. Raises `ValidationError` for what is empty, damaged or too large."""
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error):  # damaged, or cut off: half of it is not the file
            raise ValidationError(
                {"content": _("This file can't be unpacked. Pack it again, or send it as CSV.")}
            ) from None
    if len(content) > LARGEST:
        raise ValidationError({"content": _("This file is too large. Cut it into several.")})
    if not content.strip():
        raise ValidationError({"content": _("This file is empty.")})
    return content
