"""`POST /api/v1/telemetry/`: a switch says how its queues and agents are."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.models import Scope
from gigcx.accounts.permissions import scoped
from gigcx.idempotency import HEADER, idempotent
from gigcx.json_body import JSONBody
from gigcx.problems import UNPROCESSABLE, Problem
from marketplace.actions.ingest import BadRows, ingest
from marketplace.api.rows import read_batch
from marketplace.api.schemas import TakenSerializer, TelemetrySerializer, problems

EXAMPLE = OpenApiExample(
    "One queue, one agent",
    request_only=True,
    value={
        "batch_id": "6f0c8f0a-3a52-4f8e-9b64-5d0f0f0e7c11",
        "sent_at": "2026-11-22T09:30:02Z",
        "queues": [
            {
                "queue": "NE",
                "at": "2026-11-22T09:30:02Z",
                "waiting": 3,
                "longest_wait_seconds": 41.5,
                "interval_start": "2026-11-22T09:30:00Z",
                "interval_seconds": 60,
                "offered": 12,
                "answered": 9,
                "answered_in_target": 8,
                "abandoned": 1,
                "handle_seconds": 1640.0,
            }
        ],
        "agents": [{"agent": "a017", "at": "2026-11-22T09:29:58Z", "presence": "READY", "reason": "", "queue": "NE"}],
    },
)
IDEMPOTENCY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Any text. Sending the same again with the same key answers the same and does nothing more, for a day.",
)


class TelemetryView(APIView):
    """All rows of a batch are taken, or none."""

    permission_classes = [scoped(Scope.TELEMETRY)]
    parser_classes = [JSONBody]

    @extend_schema(
        operation_id="send_telemetry",
        summary="Say how queues and agents are",
        description="Interval figures are totals so far: sending again replaces, an older `at` loses.",
        tags=["Switches"],
        request=TelemetrySerializer,
        parameters=[IDEMPOTENCY],
        examples=[EXAMPLE],
        responses={202: TakenSerializer, **problems(400, 401, 403, 409, 413, 415, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Take one batch."""
        now = timezone.now()
        batch, faults = read_batch(request.data, now=now)
        if batch is None:
            raise _refusal(faults)
        try:
            taken = ingest(batch=batch, actor=request.auth.ledger_name, now=now)
        except BadRows as bad:
            raise _refusal(bad.errors) from None
        return Response(
            {
                "batch_id": str(batch.id),
                "queues": taken.queues,
                "agents": taken.agents,
                "duplicate": taken.duplicate,
                "off_duty": list(taken.off_duty),
            },
            status=202,
        )


def _refusal(faults: list[dict[str, str]]) -> Problem:
    count = len(faults)
    return Problem(
        status=UNPROCESSABLE,
        code="bad_rows",
        detail=f"{count} {'thing is' if count == 1 else 'things are'} wrong; nothing of this batch was taken.",
        errors=faults,
    )
