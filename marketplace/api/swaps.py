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

from gigcx.accounts.models import Scope
from gigcx.accounts.permissions import by, scoped
from marketplace.actions.decide_swap import approve_swap, reject_swap
from marketplace.actions.swap import accept_swap, ask_swap, decline_swap, withdraw_swap
from marketplace.api.acting import MAY, OWN, Answer, Newest, tap
from marketplace.api.market_schemas import SwapAskSerializer, SwapSerializer
from marketplace.api.schemas import problems
from marketplace.api.shifts import departments_seen
from marketplace.models import Swap
from marketplace.queries.swaps import awaiting, open_to
from marketplace.rules import may_see_board

MAY_DECIDE = [by(may_see_board) | scoped(Scope.SHIFTS)]
PEOPLE = ("giver", "colleague", "booking", "wants")


def _now(_done: Any, *, swap_id: int) -> Swap:
    return Swap.objects.select_related(*PEOPLE).get(pk=swap_id)


def _check_awaits(request: Request, *, swap_id: int) -> None:
    """Only what waits for this dispatcher is there."""
    seen = awaiting(department_ids=departments_seen(request), now=timezone.now())
    if swap_id not in {swap.pk for swap in seen}:
        raise Http404


SWAP = Answer(SwapSerializer, _now)
ASKED = Answer(SwapSerializer, lambda swap, **_: _now(swap, swap_id=swap.pk))
DECIDE: dict[str, Any] = {"answer": SWAP, "own": False, "may": MAY_DECIDE, "before": _check_awaits}

AskSwapView = tap(
    "ask_swap", "Offer a booking to a colleague, or to everyone who can take it", ask_swap, sent=SwapAskSerializer,
    answer=ASKED,
)  # fmt: skip
AcceptSwapView = tap("accept_swap", "Take the shift over", accept_swap, answer=SWAP)
DeclineSwapView = tap("decline_swap", "Say no to a swap you were asked for by name", decline_swap, answer=SWAP)
WithdrawSwapView = tap("withdraw_swap", "Keep the shift that you wanted to give", withdraw_swap, answer=SWAP)
ApproveSwapView = tap("approve_swap", "Approve a swap: the bookings change hands", approve_swap, **DECIDE)
RejectSwapView = tap("reject_swap", "Reject a swap: everyone keeps what they hold", reject_swap, **DECIDE)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_swaps", tags=[OWN],
        summary="Swaps you asked for, were asked for, or could take, the newest first",
        responses={200: SwapSerializer(many=True), **problems(401, 403, 404)},
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


class AwaitingView(APIView):
    """Swaps to decide."""

    permission_classes = MAY_DECIDE

    @extend_schema(
        operation_id="list_swaps_to_approve",
        summary="Swaps that both people agree on and that wait for a dispatcher",
        tags=[OWN],
        responses={200: SwapSerializer(many=True), **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        """All of them, by start."""
        found = awaiting(department_ids=departments_seen(request), now=timezone.now())
        return Response(SwapSerializer(found, many=True).data)
