"""Swaps by API, for both people and for dispatchers: the same actions and refusals as on the page."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.models import Agent, Scope
from gigcx.accounts.permissions import by, scoped
from gigcx.idempotency import idempotent
from marketplace.actions.decide_swap import approve_swap, reject_swap
from marketplace.actions.swap import accept_swap, ask_swap, decline_swap, withdraw_swap
from marketplace.api.bookings import MAY, Newest, acted
from marketplace.api.market_schemas import SwapAskSerializer, SwapSerializer
from marketplace.api.open_shifts import TAGS
from marketplace.api.schemas import problems
from marketplace.api.shifts import departments_seen
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.api.waiting import write
from marketplace.models import Swap
from marketplace.queries.swaps import awaiting, open_to
from marketplace.rules import may_see_board

MAY_DECIDE = [by(may_see_board) | scoped(Scope.SHIFTS)]
PEOPLE = ("giver", "colleague", "booking", "wants")


@extend_schema_view(
    get=extend_schema(
        operation_id="list_swaps", tags=TAGS,
        summary="Swaps you asked for, were asked for, or could take, the newest first",
        responses={200: SwapSerializer(many=True), **problems(401, 403)},
    )
)  # fmt: skip
class SwapsView(ListAPIView):
    """Swaps."""

    permission_classes = MAY
    serializer_class = SwapSerializer
    pagination_class = Newest
    queryset = Swap.objects.none()

    def get_queryset(self) -> QuerySet[Swap]:
        """What concerns the caller."""
        agent_id = self.request.user.agent.pk  # type: ignore[union-attr]  # MAY admits agents only
        takeable = [swap.pk for swap in open_to(agent_id=agent_id, now=timezone.now())]
        found = Swap.objects.filter(Q(giver=agent_id) | Q(colleague=agent_id) | Q(pk__in=takeable))
        return found.select_related(*PEOPLE)


class AskSwapView(APIView):
    """Asking."""

    permission_classes = MAY

    @extend_schema(
        operation_id="ask_swap",
        summary="Offer a booking to a colleague, or to everyone who can take it",
        tags=TAGS,
        request=SwapAskSerializer,
        parameters=[IDEMPOTENCY],
        responses={200: SwapSerializer, **problems(400, 401, 403, 404, 409)},
    )
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Ask."""
        asked = SwapAskSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        figures = dict(asked.validated_data)
        swap = acted(
            ask_swap, request, booking_id=booking_id, colleague_id=_agent(figures["colleague"]),
            wants_id=figures["wants"], note=figures["note"],
        )  # fmt: skip
        return _answer(swap.pk)


class AcceptSwapView(APIView):
    """Yes."""

    permission_classes = MAY

    @write("accept_swap", "Take the shift over", SwapSerializer)
    @idempotent
    def post(self, request: Request, swap_id: int) -> Response:
        """Accept."""
        acted(accept_swap, request, swap_id=swap_id)
        return _answer(swap_id)


class DeclineSwapView(APIView):
    """No."""

    permission_classes = MAY

    @write("decline_swap", "Say no to a swap you were asked for by name", SwapSerializer)
    @idempotent
    def post(self, request: Request, swap_id: int) -> Response:
        """Decline."""
        acted(decline_swap, request, swap_id=swap_id)
        return _answer(swap_id)


class WithdrawSwapView(APIView):
    """After all not."""

    permission_classes = MAY

    @write("withdraw_swap", "Keep the shift that you wanted to give", SwapSerializer)
    @idempotent
    def post(self, request: Request, swap_id: int) -> Response:
        """Withdraw."""
        acted(withdraw_swap, request, swap_id=swap_id)
        return _answer(swap_id)


class AwaitingView(APIView):
    """Swaps to decide."""

    permission_classes = MAY_DECIDE

    @extend_schema(
        operation_id="list_swaps_to_approve",
        summary="Swaps that both people agree on and that wait for a dispatcher",
        tags=TAGS,
        responses={200: SwapSerializer(many=True), **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        """All of them, by start."""
        found = awaiting(department_ids=departments_seen(request), now=timezone.now())
        return Response(SwapSerializer(found, many=True).data)


class ApproveSwapView(APIView):
    """The dispatcher's yes."""

    permission_classes = MAY_DECIDE

    @write("approve_swap", "Approve a swap: the bookings change hands", SwapSerializer)
    @idempotent
    def post(self, request: Request, swap_id: int) -> Response:
        """Approve."""
        return _decided(approve_swap, request, swap_id)


class RejectSwapView(APIView):
    """The dispatcher's no."""

    permission_classes = MAY_DECIDE

    @write("reject_swap", "Reject a swap: everyone keeps what they hold", SwapSerializer)
    @idempotent
    def post(self, request: Request, swap_id: int) -> Response:
        """Reject."""
        return _decided(reject_swap, request, swap_id)


def _decided(action: Any, request: Request, swap_id: int) -> Response:
    seen = awaiting(department_ids=departments_seen(request), now=timezone.now())
    if swap_id not in {swap.pk for swap in seen}:
        raise Http404
    acted(action, request, own=False, swap_id=swap_id)
    return _answer(swap_id)


def _answer(swap_id: int) -> Response:
    return Response(SwapSerializer(Swap.objects.select_related(*PEOPLE).get(pk=swap_id)).data)


def _agent(code: str | None) -> int | None:
    if code is None:
        return None
    found = Agent.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise Http404
    return found
