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
from marketplace.actions.ask import ask_for_place
from marketplace.actions.waiting import accept_offer, decline_offer, join_waiting, leave_waiting
from marketplace.api.acting import MAY, OWN, Answer, Newest, tap
from marketplace.api.booking_schemas import BookingSerializer
from marketplace.api.bookings import CLAIMED, booking_now
from marketplace.api.market_schemas import DrawSerializer, OfferSerializer, WaitingSerializer
from marketplace.api.schemas import problems
from marketplace.api.shifts import departments_seen
from marketplace.models import Offer, WaitingPlace
from marketplace.queries.shifts import shifts_of
from marketplace.queries.waiting import ahead, draw_for, with_position
from marketplace.rules import may_see_board, may_work


def _offer(_done: Any, *, offer_id: int) -> Offer:
    return Offer.objects.select_related("shift").get(pk=offer_id)


def _place(place: WaitingPlace, **_: Any) -> WaitingPlace:
    return with_position(WaitingPlace.objects.filter(pk=place.pk).select_related("shift")).get()


REQUESTED = Answer(BookingSerializer, lambda booking, **_: booking_now(booking.pk))

AcceptOfferView = tap("accept_offer", "Take the place that was kept for you", accept_offer, answer=CLAIMED)
DeclineOfferView = tap(
    "decline_offer", "No, thanks: this shift is not offered to you again", decline_offer,
    answer=Answer(OfferSerializer, _offer),
)  # fmt: skip
JoinView = tap(
    "join_waiting_list", "Wait for a place in a full shift", join_waiting, answer=Answer(WaitingSerializer, _place)
)
LeaveView = tap("leave_waiting_list", "Wait no more; with an offer in hand that is a no", leave_waiting, answer=None)
AskView = tap("request_place", "Ask for a place in a shift whose places are drawn", ask_for_place, answer=REQUESTED)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_offers", summary="Places kept for you, and those that were, the newest first", tags=[OWN],
        responses={200: OfferSerializer(many=True), **problems(401, 403, 404)},
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


@extend_schema_view(
    get=extend_schema(
        operation_id="list_waiting", summary="The shifts you wait for, and your position in each line", tags=[OWN],
        responses={200: WaitingSerializer(many=True), **problems(401, 403, 404)},
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


class DrawView(APIView):
    """A draw."""

    permission_classes = [by(may_work) | by(may_see_board) | scoped(Scope.SHIFTS)]

    @extend_schema(
        operation_id="read_draw",
        summary="How the places of a shift are, or were, drawn",
        description="For those who asked in it and those who plan the shift. `record` is all it takes to draw again.",
        tags=[OWN],
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
