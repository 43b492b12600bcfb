"""`/api/v1/supplies/`: whose hours a week can be covered with, as the admin pages keep them."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from gigcx.idempotency import idempotent
from marketplace.actions.supply import delete_supply, keep_supply
from marketplace.api.acting import heard, write
from marketplace.api.kept import KeptView, kept
from marketplace.api.kept_schemas import SupplySerializer
from marketplace.api.schemas import problems
from marketplace.api.shifts import department_seen, departments_seen
from marketplace.models import Supply
from marketplace.queries.supply import supplies_seen

TAG = "Mix"


class ByCost(CursorPagination):
    """Pages of a hundred, the least cost an hour first."""

    page_size = 100
    ordering = ("hourly_cost", "id")


@extend_schema_view(
    get=extend_schema(
        operation_id="list_supplies", summary="Supplies, the least cost an hour first", tags=[TAG],
        parameters=[OpenApiParameter("department", str, description="Only those of the department of this name.")],
        responses={200: SupplySerializer(many=True), **problems(400, 401, 403, 404)},
    )
)  # fmt: skip
class SuppliesView(KeptView, ListAPIView):
    """The list, and new supplies."""

    serializer_class = SupplySerializer
    pagination_class = ByCost
    queryset = Supply.objects.none()

    def get_queryset(self) -> QuerySet[Supply]:
        """Those of the departments that the caller watches."""
        if name := self.request.query_params.get("department"):
            return supplies_seen(department_ids=[department_seen(self.request, name).pk])
        return supplies_seen(department_ids=departments_seen(self.request))

    @write(
        "keep_supply", "Enter a supply", sent=SupplySerializer, answer=SupplySerializer, status=201, tags=TAG
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """By a name that its department has no other of."""
        said = heard(SupplySerializer, request).validated_data
        row = kept(keep_supply, request, supply_id=None, **said)
        return Response(_told(request, row.pk), status=201)


class SupplyView(KeptView):
    """One supply."""

    @extend_schema(
        operation_id="read_supply", summary="A supply", tags=[TAG],
        responses={200: SupplySerializer, **problems(401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, supply_id: int) -> Response:
        """Read it."""
        return Response(_told(request, supply_id))

    @write(
        "change_supply", "Change what is sent of a supply", sent=SupplySerializer(partial=True),
        answer=SupplySerializer, tags=TAG,
    )  # fmt: skip
    @idempotent
    def patch(self, request: Request, supply_id: int) -> Response:
        """The rest stays."""
        said = SupplySerializer(data=request.data, partial=True)
        said.is_valid(raise_exception=True)
        kept(keep_supply, request, supply_id=supply_id, **said.validated_data)
        return Response(_told(request, supply_id))

    @write("delete_supply", "Delete a supply; nothing rests on it", answer=None, status=204, tags=TAG)
    @idempotent
    def delete(self, request: Request, supply_id: int) -> Response:
        """Delete it."""
        kept(delete_supply, request, supply_id=supply_id)
        return Response(status=204)


def _told(request: Request, supply_id: int) -> dict[str, Any]:
    """The supply as it is now. Raises `Http404`."""
    found = supplies_seen(department_ids=departments_seen(request)).filter(pk=supply_id).first()
    if found is None:
        raise Http404
    return SupplySerializer(found).data
