"""An agent's own bookings by API: claim, undo, give back, keep, check in, as on the page."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.permissions import by
from gigcx.idempotency import caller_of, idempotent
from gigcx.problems import Problem
from marketplace.actions.check_in import check_in
from marketplace.actions.claim import claim
from marketplace.actions.refused import ClaimRefused, Refused
from marketplace.actions.release import keep_place, release, undo_claim
from marketplace.api.booking_schemas import BookingSerializer
from marketplace.api.open_shifts import TAGS
from marketplace.api.schemas import problems
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.models import Booking, Shift
from marketplace.queries.reasons import say
from marketplace.rules import may_work
from marketplace.vocabulary import BookingState

MAY = [by(may_work)]
CONFLICT = 409


def write(operation: str, summary: str) -> Any:
    """The schema of a write: nothing to send but the address, and the booking as the answer."""
    return extend_schema(
        operation_id=operation,
        summary=summary,
        tags=TAGS,
        request=None,
        parameters=[IDEMPOTENCY],
        responses={200: BookingSerializer, **problems(401, 403, 404, 409)},
    )


class Newest(CursorPagination):
    """Pages of a hundred, the newest first."""

    page_size = 100
    ordering = ("-id",)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_bookings",
        summary="Your bookings, the newest first",
        tags=TAGS,
        parameters=[OpenApiParameter("status", str, enum=BookingState.values, description="Only these.")],
        responses={200: BookingSerializer(many=True), **problems(401, 403)},
    )
)
class BookingsView(ListAPIView):
    """Bookings."""

    permission_classes = MAY
    serializer_class = BookingSerializer
    pagination_class = Newest
    queryset = Booking.objects.none()

    def get_queryset(self) -> QuerySet[Booking]:
        """The caller's own."""
        found = _mine(self.request)
        status = self.request.query_params.get("status")
        return found.filter(status=status) if status else found


class ClaimView(APIView):
    """A claim."""

    permission_classes = MAY

    @write("claim_shift", "Take a place in a shift; again, the same place")
    @idempotent
    def post(self, request: Request, shift_id: int) -> Response:
        """Claim it."""
        try:
            claimed = claim(
                shift_id=shift_id, agent_id=request.user.agent.pk, actor=caller_of(request), now=timezone.now()
            )
        except Shift.DoesNotExist:
            raise Http404 from None
        except ClaimRefused as refused:
            raise _problem(refused) from None
        return _answer(request, claimed.booking_id)


class Tap(APIView):
    """One thing done with an own booking."""

    permission_classes = MAY

    def tap(self, action: Any, request: Request, booking_id: int, **more: Any) -> Response:
        """Do it, and answer the booking as it now is."""
        mine = {"booking_id": booking_id, "agent_id": request.user.agent.pk}
        try:
            action(**mine, **more, actor=caller_of(request), now=timezone.now())
        except Booking.DoesNotExist:
            raise Http404 from None
        except Refused as refused:
            raise _problem(refused) from None
        return _answer(request, booking_id)


class UndoView(Tap):
    """Undoing."""

    @write("undo_claim", "Take a fresh claim back, without a mark")
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Undo it."""
        return self.tap(undo_claim, request, booking_id)


class ReleaseView(Tap):
    """Giving back."""

    @write("release_booking", "Give a place back; close to the start, ask to be replaced")
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Give it back."""
        return self.tap(release, request, booking_id)


class KeepPlaceView(Tap):
    """Keeping."""

    @write("keep_booking", "Come after all: nobody is looked for any more")
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Keep it."""
        return self.tap(keep_place, request, booking_id)


class CheckInView(Tap):
    """Check-in."""

    @write("check_in", "Check in: the booking becomes duty")
    @idempotent
    def post(self, request: Request, booking_id: int) -> Response:
        """Check in."""
        return self.tap(check_in, request, booking_id)


def acted(action: Any, request: Request, *, own: bool = True, **which: Any) -> Any:
    """What an action gives, for the caller's own agent (`own`) or for whoever may; what it refuses as a problem."""
    if own:
        which["agent_id"] = request.user.agent.pk
    try:
        return action(**which, actor=caller_of(request), now=timezone.now())
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refused as refused:
        raise _problem(refused) from None


def _mine(request: Request) -> QuerySet[Booking]:
    return Booking.objects.filter(agent=request.user.agent).select_related("shift__queue")


def _answer(request: Request, booking_id: int) -> Response:
    return Response(BookingSerializer(_mine(request).get(pk=booking_id)).data)


def _problem(refused: Refused) -> Problem:
    """Every reason, and the ways out of those that have one; the first one's code."""
    if isinstance(refused, ClaimRefused):
        said = [say(reason) for reason in refused.found]
        errors = [{"where": one.code, "detail": one.sentence, "way_out": one.way_out} for one in said]
    else:
        pairs = zip(refused.reasons, refused.sentences, strict=True)
        errors = [{"where": str(code), "detail": sentence} for code, sentence in pairs]
    return Problem(status=CONFLICT, code=str(refused.reasons[0]), detail=" ".join(refused.sentences), errors=errors)
