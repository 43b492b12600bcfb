"""Waiting lists, offers and draws by API: the same actions and refusals as on the page."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.models import Scope
from gigcx.accounts.permissions import by, scoped
from gigcx.idempotency import idempotent
from marketplace.actions.ask import ask_for_place, withdraw_request
from marketplace.actions.waiting import accept_offer, decline_offer, join_waiting, leave_waiting
from marketplace.api.booking_schemas import BookingSerializer
from marketplace.api.bookings import MAY, Newest, acted
from marketplace.api.market_schemas import DrawSerializer, OfferSerializer, WaitingSerializer
from marketplace.api.open_shifts import TAGS
from marketplace.api.schemas import problems
from marketplace.api.shifts import departments_seen
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.models import Booking, Offer, WaitingPlace
from marketplace.queries.shifts import shifts_of
from marketplace.queries.waiting import ahead, draw_for, with_position
from marketplace.rules import may_see_board, may_work


def write(operation: str, summary: str, serializer: Any, *, status: int = 200) -> Any:
    """The schema of a write with nothing to send but the address."""
    return extend_schema(
        operation_id=operation, summary=summary, tags=TAGS, request=None, parameters=[IDEMPOTENCY],
        responses={status: serializer, **problems(401, 403, 404, 409)},
    )  # fmt: skip


@extend_schema_view(
    get=extend_schema(
        operation_id="list_offers", summary="Places kept for you, and those that were, the newest first", tags=TAGS,
        responses={200: OfferSerializer(many=True), **problems(401, 403)},
    )
)  # fmt: skip
class OffersView(ListAPIView):
    """Offers."""

    permission_classes = MAY
    serializer_class = OfferSerializer
    pagination_class = Newest
    queryset = Offer.objects.none()

    def get_queryset(self) -> QuerySet[Offer]:
        """The caller's own."""
        return Offer.objects.filter(agent=self.request.user.agent).select_related("shift")  # type: ignore[union-attr]  # MAY admits agents only


class AcceptOfferView(APIView):
    """Yes."""

    permission_classes = MAY

    @write("accept_offer", "Take the place that was kept for you", BookingSerializer)
    @idempotent
    def post(self, request: Request, offer_id: int) -> Response:
        """Take it."""
        claimed = acted(accept_offer, request, offer_id=offer_id)
        return Response(BookingSerializer(Booking.objects.select_related("shift").get(pk=claimed.booking_id)).data)


class DeclineOfferView(APIView):
    """No."""

    permission_classes = MAY

    @write("decline_offer", "No, thanks: this shift is not offered to you again", OfferSerializer)
    @idempotent
    def post(self, request: Request, offer_id: int) -> Response:
        """Decline."""
        acted(decline_offer, request, offer_id=offer_id)
        return Response(OfferSerializer(Offer.objects.select_related("shift").get(pk=offer_id)).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_waiting", summary="The shifts you wait for, and your position in each line", tags=TAGS,
        responses={200: WaitingSerializer(many=True), **problems(401, 403)},
    )
)  # fmt: skip
class WaitingView(ListAPIView):
    """Places in line."""

    permission_classes = MAY
    serializer_class = WaitingSerializer
    pagination_class = Newest
    queryset = WaitingPlace.objects.none()

    def get_queryset(self) -> QuerySet[WaitingPlace]:
        """The caller's own."""
        mine = ahead(now=timezone.now()).filter(agent=self.request.user.agent)  # type: ignore[union-attr]  # MAY admits agents only
        return with_position(mine)


class JoinView(APIView):
    """Waiting."""

    permission_classes = MAY

    @write("join_waiting_list", "Wait for a place in a full shift", WaitingSerializer)
    @idempotent
    def post(self, request: Request, shift_id: int) -> Response:
        """Join."""
        place = acted(join_waiting, request, shift_id=shift_id)
        found = with_position(WaitingPlace.objects.filter(pk=place.pk).select_related("shift"))
        return Response(WaitingSerializer(found.get()).data)


class LeaveView(APIView):
    """Waiting no more."""

    permission_classes = MAY

    @write("leave_waiting_list", "Wait no more; with an offer in hand that is a no", None, status=204)
    @idempotent
    def post(self, request: Request, shift_id: int) -> Response:
        """Leave."""
        acted(leave_waiting, request, shift_id=shift_id)
        return Response(status=204)


class AskView(APIView):
    """Asking."""

    permission_classes = MAY

    @write("request_place", "Ask for a place in a shift whose places are drawn", BookingSerializer)
    @idempotent
    def post(self, request: Request, shift_id: int) -> Response:
        """Ask."""
        return Response(BookingSerializer(acted(ask_for_place, request, shift_id=shift_id)).data)


class WithdrawView(APIView):
    """Asking no more."""

    permission_classes = MAY

    @write("withdraw_request", "Ask no more", BookingSerializer)
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Withdraw."""
        acted(withdraw_request, request, booking_id=booking_id)
        return Response(BookingSerializer(Booking.objects.select_related("shift__queue").get(pk=booking_id)).data)


class DrawView(APIView):
    """A draw."""

    permission_classes = [by(may_work) | by(may_see_board) | scoped(Scope.SHIFTS)]

    @extend_schema(
        operation_id="read_draw",
        summary="How the places of a shift are, or were, drawn",
        description="For those who asked in it and those who plan the shift. `record` is all it takes to draw again.",
        tags=TAGS,
        responses={200: DrawSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, shift_id: int) -> Response:
        """Read it."""
        plans = scoped(Scope.SHIFTS)().has_permission(request, self) or may_see_board(request.user)
        if plans and shifts_of(department_ids=departments_seen(request)).filter(pk=shift_id).exists():
            found = draw_for(shift_id=shift_id, agent_id=None)
        else:
            found = draw_for(shift_id=shift_id, agent_id=request.user.agent.pk) if may_work(request.user) else None
        if found is None:
            raise Http404
        return Response(DrawSerializer(found).data)
