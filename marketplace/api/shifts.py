"""Shifts by API: have them proposed, look how far that is, keep them as drafts, list them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.models import Department, Scope, Token
from gigcx.accounts.permissions import by, scoped
from gigcx.idempotency import idempotent
from gigcx.problems import Problem
from marketplace.actions.keep_proposal import keep_proposal
from marketplace.actions.propose_shifts import propose_shifts
from marketplace.api.acting import acted
from marketplace.api.schemas import problems
from marketplace.api.shift_schemas import AskSerializer, KeptSerializer, ProposalSerializer, ShiftSerializer
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.models import Queue, Shift, ShiftProposal
from marketplace.queries.board import department_ids_of
from marketplace.queries.shifts import proposals_of, shifts_of
from marketplace.rules import may_see_board
from marketplace.vocabulary import ShiftState

MAY = by(may_see_board) | scoped(Scope.SHIFTS)
TAGS = ["Shifts"]


MARGIN = timedelta(days=400)
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC) + MARGIN, datetime.max.replace(tzinfo=UTC) - MARGIN
"""Nearer to the ends of the calendar an instant has no days around it to look at."""


def departments_seen(request: Request) -> Sequence[int] | None:
    """What the caller plans for; None: all, as a token does."""
    return None if isinstance(request.auth, Token) else department_ids_of(user=request.user)


class ProposalsView(APIView):
    """Ask for shifts."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="propose_shifts",
        summary="Have shifts proposed that cover a gap at least cost",
        description=(
            "The search takes up to a minute and runs by itself: follow the proposal until its `status` is `ready` or"
            " `failed`. One search a department runs at a time."
        ),
        tags=TAGS,
        request=AskSerializer,
        parameters=[IDEMPOTENCY],
        responses={202: ProposalSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask."""
        asked = AskSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        figures = dict(asked.validated_data)
        department = department_seen(request, figures.pop("department"))
        codes = figures.pop("queues", None)
        queue_ids = None if codes is None else _queues(codes, department)
        proposal = acted(
            propose_shifts, request, own=False, department_id=department.pk, queue_ids=queue_ids, **figures
        )
        return Response(ProposalSerializer(_whole(proposal)).data, status=202)


class ProposalView(APIView):
    """One proposal."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="read_shift_proposal",
        summary="How far a proposal is, and what it proposes",
        tags=TAGS,
        responses={200: ProposalSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, proposal_id: int) -> Response:
        """Read it."""
        return Response(ProposalSerializer(_whole(_proposal(request, proposal_id))).data)


class KeepView(APIView):
    """Keep a proposal."""

    permission_classes = [MAY]

    @extend_schema(
        operation_id="keep_shift_proposal",
        summary="Keep a proposal's shifts as drafts",
        tags=TAGS,
        request=None,
        parameters=[IDEMPOTENCY],
        responses={200: KeptSerializer, **problems(401, 403, 404, 409)},
    )
    @idempotent
    def post(self, request: Request, proposal_id: int) -> Response:
        """Keep it."""
        proposal = _proposal(request, proposal_id)
        count = acted(keep_proposal, request, own=False, proposal_id=proposal.pk)
        return Response({"shifts": count})


class ByStart(CursorPagination):
    """Pages of a hundred, by start."""

    page_size = 100
    ordering = ("starts_at", "id")


@extend_schema_view(
    get=extend_schema(
        operation_id="list_shifts",
        summary="Shifts by start",
        tags=TAGS,
        parameters=[
            OpenApiParameter("status", str, enum=ShiftState.values, description="Only these."),
            OpenApiParameter("queue", str, description="Only of the queue of this code."),
            OpenApiParameter("since", datetime, description="Only those that end later."),
            OpenApiParameter("until", datetime, description="Only those that start earlier."),
        ],
        responses={200: ShiftSerializer(many=True), **problems(400, 401, 403, 404)},
    )
)
class ShiftsView(ListAPIView):
    """Drafts, open and cancelled shifts."""

    permission_classes = [MAY]
    serializer_class = ShiftSerializer
    pagination_class = ByStart
    queryset = Shift.objects.none()

    def get_queryset(self) -> QuerySet[Shift]:
        """Those of the caller's departments, filtered."""
        found = shifts_of(department_ids=departments_seen(self.request))
        query = self.request.query_params
        if status := query.get("status"):
            if status not in ShiftState.values:
                detail = f"`status` is one of {', '.join(ShiftState.values)}."
                raise Problem(status=400, code="bad_status", detail=detail)
            found = found.filter(status=status)
        if queue := query.get("queue"):
            found = found.filter(queue__code=queue)
        if since := instant_of(query.get("since"), "since"):
            found = found.filter(ends_at__gt=since)
        if until := instant_of(query.get("until"), "until"):
            found = found.filter(starts_at__lt=until)
        return found


def instant_of(text: str | None, name: str, *, code: str = "") -> datetime | None:
    """An instant of the address. Raises `Problem` 400 (`code`, else `bad_` and the name) where it can't be read."""
    if not text:
        return None
    try:
        # a plus sign in an address is a blank unless it was escaped
        found = datetime.fromisoformat(text.replace(" ", "+"))
        if found.tzinfo is not None and EARLIEST < found.astimezone(UTC) < LATEST:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    detail = f"`{name}` is an ISO 8601 time with an offset, such as 2026-11-22T09:30:00Z."
    raise Problem(status=400, code=code or f"bad_{name}", detail=detail)


def flag_of(request: Request, name: str) -> bool:
    """A yes or no of the address. Raises `Problem` 400 for anything else."""
    said = request.query_params.get(name, "").lower()
    if said not in {"", "0", "1", "false", "true"}:
        raise Problem(status=400, code=f"bad_{name}", detail=f"`{name}` is true or false.")
    return said in {"1", "true"}


def department_seen(request: Request, name: str) -> Department:
    """The department of this name, if the caller plans for it. Raises `Http404`."""
    seen, found = departments_seen(request), Department.objects.filter(name=name).first()
    if found is None or (seen is not None and found.pk not in seen):
        raise Http404
    return found


def department_asked(request: Request) -> Department:
    """The department of `?department=`. Raises `Problem` 400 where none is named, `Http404` as `department_seen`."""
    if name := request.query_params.get("department"):
        return department_seen(request, name)
    raise Problem(status=400, code="department_missing", detail="Say which department: ?department=NAME.")


def _queues(codes: Sequence[str], department: Department) -> list[int]:
    known = dict(Queue.objects.filter(department=department, code__in=codes).values_list("code", "pk"))
    if unknown := sorted(set(codes) - set(known)):
        message = f"No queue {', '.join(unknown)} in {department.name}."
        raise serializers.ValidationError({"queues": [message]})
    return list(known.values())


def _proposal(request: Request, proposal_id: int) -> ShiftProposal:
    found = proposals_of(department_ids=departments_seen(request)).filter(pk=proposal_id).first()
    if found is None:
        raise Http404
    return found


def _whole(proposal: ShiftProposal) -> dict[str, Any]:
    """The proposal with codes for ids."""
    codes = dict(Queue.objects.filter(pk__in=proposal.queue_ids).values_list("pk", "code"))
    return {
        "proposal": proposal,
        "department": proposal.department.name,
        "queues": [codes[pk] for pk in proposal.queue_ids if pk in codes],
        "shifts": [shift | {"queue": codes.get(shift["queue"])} for shift in proposal.result.get("shifts", ())],
    }
