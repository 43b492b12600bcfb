"""Consents to lend people, by API: for admins, as in the admin pages."""

from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.permissions import by
from gigcx.idempotency import caller_of, idempotent
from marketplace.actions.lend import lend, recall
from marketplace.api.acting import Newest
from marketplace.api.plan_schemas import LendingSerializer, RecalledSerializer
from marketplace.api.schemas import problems
from marketplace.api.shifts import TAGS
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.models import Lending
from marketplace.rules import may_administer

MAY = [by(may_administer)]


@extend_schema_view(
    get=extend_schema(
        operation_id="list_lendings", summary="Consents to lend people, the newest first", tags=TAGS,
        responses={200: LendingSerializer(many=True), **problems(401, 403, 404)},
    )
)  # fmt: skip
class LendingsView(ListAPIView):
    """The list, and new consents."""

    permission_classes = MAY
    serializer_class = LendingSerializer
    pagination_class = Newest
    queryset = Lending.objects.none()

    def get_queryset(self) -> QuerySet[Lending]:
        """All of them."""
        return Lending.objects.select_related("lender", "borrower", "agent")

    @extend_schema(
        operation_id="lend", summary="Consent to lend a department's people", tags=TAGS, request=LendingSerializer,
        parameters=[IDEMPOTENCY], responses={201: LendingSerializer, **problems(400, 401, 403)},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """Write it down."""
        said = LendingSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        figures = dict(said.validated_data)
        period = figures.pop("period")
        since, until = period["lower"], period.get("upper")
        if until is not None and until <= since:
            raise serializers.ValidationError({"until": ["Choose an end after the start."]})
        try:
            row = lend(
                lender=figures["lender"], borrower=figures.get("borrower"), agent=figures.get("agent"),
                period=DateTimeTZRange(since, until), actor=caller_of(request), now=timezone.now(),
            )  # fmt: skip
        except ValidationError as wrong:
            raise serializers.ValidationError(wrong.message_dict) from None
        return Response(LendingSerializer(row).data, status=201)


class RecallView(APIView):
    """The end of a consent."""

    permission_classes = MAY

    @extend_schema(
        operation_id="recall_lending", summary="Recall a consent: bookings ahead that rest on it are taken back",
        tags=TAGS, request=None, parameters=[IDEMPOTENCY],
        responses={200: RecalledSerializer, **problems(401, 403, 404)},
    )  # fmt: skip
    @idempotent
    def post(self, request: Request, lending_id: int) -> Response:
        """Recall it; again, nothing."""
        try:
            pulled = recall(lending_id=lending_id, actor=caller_of(request), now=timezone.now())
        except Lending.DoesNotExist:
            raise Http404 from None
        return Response({"bookings": pulled})
