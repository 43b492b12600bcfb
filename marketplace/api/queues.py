"""`GET /api/v1/queues/`: which queues there are, for scripts that dispatch and switches that check their names."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination

from gigcx.accounts.models import Scope
from gigcx.accounts.permissions import by, scoped
from marketplace.api.schemas import QueueSerializer, problems
from marketplace.models import Queue
from marketplace.rules import may_see_board


class ByCode(CursorPagination):
    """Pages of a hundred, in the order of the codes."""

    page_size = 100
    ordering = "code"


@extend_schema_view(
    get=extend_schema(
        operation_id="list_queues",
        summary="The queues that are in use",
        tags=["Queues"],
        responses={200: QueueSerializer(many=True), **problems(401, 403, 404)},
    )
)
class QueuesView(ListAPIView):
    """Open to dispatchers, and to tokens that may send telemetry."""

    permission_classes = [by(may_see_board) | scoped(Scope.TELEMETRY)]
    serializer_class = QueueSerializer
    pagination_class = ByCode
    queryset = Queue.objects.filter(is_active=True).select_related("department")
