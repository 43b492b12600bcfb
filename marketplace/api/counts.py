"""`POST /api/v1/counts/`: history of what was offered, by the same rules as files of counts."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.models import Scope
from gigcx.accounts.permissions import by, scoped
from gigcx.body_limit import too_large
from gigcx.idempotency import caller_of, idempotent
from gigcx.json_body import JSONBody
from gigcx.problems import UNPROCESSABLE, Problem
from marketplace.actions.load_counts import load_counts, look_at_counts
from marketplace.api.schemas import CountsSerializer, CountsTakenSerializer, problems
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.forecasting.intake.codes import Choice, Choices, Code, Finding
from marketplace.forecasting.intake.inspect import Inspection
from marketplace.forecasting.intake.words import sentence
from marketplace.rules import may_administer

FILE = "counts"
COLUMNS = ("queue", "interval_start", "offered", "handle_seconds")
HEADER_LINES = 2
"""A row's number in a list and its line in a file with a header, which counts from one, are so far apart."""
YES, NO = {"1", "true", "yes"}, {"", "0", "false", "no"}
CODES = ", ".join(Code)
PARAMETERS = [
    IDEMPOTENCY,
    OpenApiParameter("timezone", str, description="Of times without an offset; an IANA name, by default UTC."),
    OpenApiParameter("repair", str, description=f"Findings to mend: codes joined by commas, or all. Codes: {CODES}."),
    OpenApiParameter("refuse", str, description="Findings for which nothing is to be taken."),
    OpenApiParameter("keep", str, description="Findings to take as they are."),
    OpenApiParameter("dry_run", bool, description="Say what would be done, and do nothing."),
]
EXAMPLE = OpenApiExample(
    "Two half-hours",
    request_only=True,
    media_type="application/json",
    value={
        "rows": [
            {"queue": "NE", "interval_start": "2026-11-20T09:00:00Z", "offered": 31, "handle_seconds": 5580.0},
            {"queue": "NE", "interval_start": "2026-11-20T09:30:00Z", "offered": 28},
        ]
    },
)


class CSVBody(BaseParser):
    """A file of counts as it is, up to the size of any other body."""

    media_type = "text/csv"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, str]:
        """The text; what is no UTF-8 is left for the reader to complain about."""
        body = stream.read(settings.LARGEST_BODY + 1)
        if len(body) > settings.LARGEST_BODY:
            raise Problem(status=413, code="too_large", detail=too_large(settings.LARGEST_BODY))
        return {"csv": body.decode(errors="surrogateescape")}


class CountsView(APIView):
    """All rows are taken, or none. For tokens with the scope, and for admins."""

    permission_classes = [scoped(Scope.COUNTS) | by(may_administer)]
    parser_classes = [JSONBody, CSVBody]

    @extend_schema(
        operation_id="send_counts",
        summary="Say what was offered in the past",
        description="The rows of a counts file, as JSON or as the file itself (text/csv). What can't be true is refused"
        " with the place of each row, unless you choose to have it repaired. The forecast is made anew soon after.",
        tags=["Forecast"],
        request={"application/json": CountsSerializer, "text/csv": str},
        parameters=PARAMETERS,
        examples=[EXAMPLE],
        responses={200: CountsTakenSerializer, **problems(400, 401, 403, 409, 413, 415, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Look, and take it if nothing is refused."""
        zone, choices, dry_run = _asked(request.query_params)
        content, of_rows = _content(request.data)
        now: datetime = timezone.now()
        found = look_at_counts(content=content, file=FILE, zone=zone, choices=choices, now=now)
        if found.refused:
            raise _refusal(found, of_rows=of_rows)
        loaded = load_counts(
            inspection=found, file=FILE, actor=caller_of(request), now=now, dry_run=dry_run, forecast=False
        )
        counts = {"created": loaded.created, "changed": loaded.changed, "unchanged": loaded.unchanged}
        findings = [
            {**_told(finding, of_rows=of_rows), "done": found.choices[finding.code]} for finding in found.findings
        ]
        return Response({**counts, "dry_run": dry_run, "findings": findings})


def _asked(query: Mapping[str, str]) -> tuple[ZoneInfo, Choices, bool]:
    """Zone, choices and whether to try only."""
    try:
        zone = ZoneInfo(query.get("timezone") or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        detail = f"{query['timezone']} is no time zone. Use a name like Europe/Rome."
        raise Problem(status=400, code="bad_timezone", detail=detail) from None
    try:
        chosen = {str(choice): [code for code in query.get(choice, "").split(",") if code] for choice in Choice}
        choices = Choices(**chosen)
    except ValueError as problem:
        raise Problem(status=400, code="bad_choice", detail=f"{problem}.") from None
    dry_run = query.get("dry_run", "").lower()
    if dry_run not in YES | NO:
        # who asks for a rehearsal in other words must not get the performance
        raise Problem(status=400, code="bad_dry_run", detail="`dry_run` is true or false.")
    return zone, choices, dry_run in YES


def _content(sent: object) -> tuple[bytes, bool]:
    """The rows as a file, and whether they came as a list."""
    if isinstance(sent, dict) and isinstance(sent.get("csv"), str):
        return sent["csv"].encode(errors="surrogateescape"), False
    rows = sent.get("rows") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Problem(
            status=UNPROCESSABLE,
            code="bad_rows",
            detail="Nothing was taken.",
            errors=[{"where": "rows", "detail": "must be a list of objects with queue, interval_start and offered"}],
        )
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([_cell(row.get(name)) for name in COLUMNS])
    return text.getvalue().encode(), True


def _cell(value: object) -> str:
    """As it would stand in a file, on one line so that lines count rows."""
    return "" if value is None else " ".join(str(value).split()) or "?"


def _refusal(found: Inspection, *, of_rows: bool) -> Problem:
    count = len(found.refused)
    return Problem(
        status=UNPROCESSABLE,
        code="bad_rows",
        detail=f"{count} {'thing is' if count == 1 else 'things are'} wrong; nothing was taken.",
        errors=[_told(finding, of_rows=of_rows) for finding in found.refused],
    )


def _told(finding: Finding, *, of_rows: bool) -> dict[str, Any]:
    place = f"rows[{finding.line - HEADER_LINES}]" if of_rows else f"line {finding.line}"
    return {"where": f"{place}.{finding.column}", "detail": sentence(finding), "finding": str(finding.code)}
