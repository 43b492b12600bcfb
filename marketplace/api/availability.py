"""When an agent can work, by API: weekly hours, single periods, preferences, the calendar and its feed."""

from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.idempotency import idempotent
from marketplace.actions.availability import offer_weekly, set_periods, withdraw_weekly
from marketplace.actions.calendar_feed import make_feed, revoke_feed
from marketplace.actions.prefer import prefer
from marketplace.api.acting import MAY, Newest, heard, refusals, who
from marketplace.api.own_schemas import (
    AvailabilitySerializer,
    CalendarFeedSerializer,
    ItemSerializer,
    PeriodSerializer,
    PreferenceSerializer,
    SetPeriodSerializer,
    SetWeeklySerializer,
    WeeklySerializer,
)
from marketplace.api.schemas import problems
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.claiming.hours import Period
from marketplace.claiming.weekly import Weekly
from marketplace.models import Availability, Preference, WeeklyAvailability
from marketplace.queries.calendar import calendar_items
from marketplace.vocabulary import AvailabilityKind

TAGS = ["Availability"]
LONGEST = timedelta(days=62)


class WeeklyView(APIView):
    """Weekly hours."""

    permission_classes = MAY

    @extend_schema(
        operation_id="list_weekly_availability", summary="The hours you offer every week", tags=TAGS,
        responses={200: WeeklySerializer(many=True), **problems(401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """All of them: a week is short."""
        rows = WeeklyAvailability.objects.filter(agent=request.user.agent)
        return Response(WeeklySerializer(rows, many=True).data)

    @extend_schema(
        operation_id="set_weekly_availability", summary="Offer hours every week, or withdraw them", tags=TAGS,
        request=SetWeeklySerializer, parameters=[IDEMPOTENCY],
        responses={200: WeeklySerializer(many=True), **problems(400, 401, 403, 422)},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """Offer or withdraw."""
        said = heard(SetWeeklySerializer, request).validated_data
        do = offer_weekly if said["do"] == "offer" else withdraw_weekly
        with refusals():
            do(agent_id=request.user.agent.pk, weekly=[Weekly(**one) for one in said["weekly"]], **who(request))
        return self.get(request)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_availability", summary="The single periods you offered or keep free", tags=TAGS,
        responses={200: AvailabilitySerializer(many=True), **problems(401, 403, 404)},
    )
)  # fmt: skip
class AvailabilityView(ListAPIView):
    """Single periods."""

    permission_classes = MAY
    serializer_class = AvailabilitySerializer
    pagination_class = Newest
    queryset = Availability.objects.none()

    def get_queryset(self) -> QuerySet[Availability]:
        """The caller's own."""
        return Availability.objects.filter(agent=self.request.user.agent)

    @extend_schema(
        operation_id="set_availability", summary="Offer a period, keep it free, or say nothing of it", tags=TAGS,
        request=SetPeriodSerializer, parameters=[IDEMPOTENCY],
        responses={204: None, **problems(400, 401, 403, 409, 422)},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """What is said last counts."""
        said = heard(SetPeriodSerializer, request).validated_data
        kind = AvailabilityKind(said["kind"]) if said["kind"] else None
        periods = [Period(said["starts_at"], said["ends_at"])]
        with refusals():
            set_periods(agent_id=request.user.agent.pk, periods=periods, kind=kind, note=said["note"], **who(request))
        return Response(status=204)


class PreferencesView(APIView):
    """Preferences."""

    permission_classes = MAY

    @extend_schema(
        operation_id="read_preferences", summary="What you would rather do", tags=TAGS,
        responses={200: PreferenceSerializer, **problems(401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """As kept; empty before anything was said."""
        row = Preference.objects.filter(agent=request.user.agent).first()
        return Response(PreferenceSerializer(row).data if row else {})

    @extend_schema(
        operation_id="set_preferences", summary="Say what you would rather do", tags=TAGS,
        request=PreferenceSerializer, parameters=[IDEMPOTENCY],
        responses={200: PreferenceSerializer, **problems(400, 401, 403, 422)},
    )  # fmt: skip
    @idempotent
    def put(self, request: Request) -> Response:
        """All of it at once."""
        said = heard(PreferenceSerializer, request).validated_data
        figures = {"work_place": "", "hours_wanted": None, "least_hours": None, "most_hours": None} | said
        with refusals():
            prefer(agent_id=request.user.agent.pk, **figures, **who(request))
        return self.get(request)


class CalendarView(APIView):
    """The calendar."""

    permission_classes = MAY

    @extend_schema(
        operation_id="read_calendar", summary="Your work, time kept free and time offered, up to 62 days", tags=TAGS,
        parameters=[PeriodSerializer],
        responses={200: ItemSerializer(many=True), **problems(400, 401, 403)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """By start; from now for a week, unless asked otherwise."""
        now = timezone.now()
        asked = {"starts_at": now, "ends_at": now + timedelta(days=7)} | request.query_params.dict()
        said = PeriodSerializer(data=asked)
        said.is_valid(raise_exception=True)
        start, end = said.validated_data["starts_at"], said.validated_data["ends_at"]
        within = Period(start, max(start, min(end, start + LONGEST)))
        items = calendar_items(agent_id=request.user.agent.pk, within=within) if within.length else []
        return Response(ItemSerializer(items, many=True).data)


class FeedView(APIView):
    """The calendar feed."""

    permission_classes = MAY

    @extend_schema(
        operation_id="make_calendar_feed", summary="A new secret address of your calendar; the old one ends",
        tags=TAGS, request=None, responses={201: CalendarFeedSerializer, **problems(401, 403)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Told this once, and therefore never replayed."""
        secret = make_feed(agent_id=request.user.agent.pk, **who(request))
        return Response({"url": request.build_absolute_uri(reverse("feed", args=[secret]))}, status=201)

    @extend_schema(
        operation_id="revoke_calendar_feed", summary="End the secret address of your calendar", tags=TAGS,
        responses={204: None, **problems(401, 403)},
    )  # fmt: skip
    def delete(self, request: Request) -> Response:
        """Whether there was one or not."""
        revoke_feed(agent_id=request.user.agent.pk, **who(request))
        return Response(status=204)
