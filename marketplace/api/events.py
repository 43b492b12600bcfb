"""`/api/v1/events/`: known events that change demand, as the admin pages keep them."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from gigcx.idempotency import idempotent
from marketplace.actions.events import delete_event, keep_event
from marketplace.api.acting import heard, write
from marketplace.api.kept import KeptView, kept
from marketplace.api.kept_schemas import EventSerializer
from marketplace.api.schemas import problems
from marketplace.api.shifts import ByStart, departments_seen, instant_of
from marketplace.models import Event
from marketplace.queries.events import at_queue, events_seen

TAG = "Forecast"
DUE = "The forecasts of all queues concerned are made again within minutes."


@extend_schema_view(
    get=extend_schema(
        operation_id="list_events", summary="Known events that change demand, by start", tags=[TAG],
        parameters=[
            OpenApiParameter("queue", str, description="Only those at the queue of this code, its department's too."),
            OpenApiParameter("since", datetime, description="Only those that end later."),
            OpenApiParameter("until", datetime, description="Only those that start earlier."),
        ],
        responses={200: EventSerializer(many=True), **problems(400, 401, 403, 404)},
    )
)  # fmt: skip
class EventsView(KeptView, ListAPIView):
    """The list, and new events."""

    serializer_class = EventSerializer
    pagination_class = ByStart
    queryset = Event.objects.none()

    def get_queryset(self) -> QuerySet[Event]:
        """Those at the departments that the caller watches, filtered."""
        found, query = events_seen(department_ids=departments_seen(self.request)), self.request.query_params
        if queue := query.get("queue"):
            found = at_queue(found, code=queue)
        if since := instant_of(query.get("since"), "since"):
            found = found.filter(ends_at__gt=since)
        if until := instant_of(query.get("until"), "until"):
            found = found.filter(starts_at__lt=until)
        return found

    @write(
        "keep_event", "Enter a known event", sent=EventSerializer, answer=EventSerializer, status=201, tags=TAG,
        more=DUE,
    )  # fmt: skip
    @idempotent
    def post(self, request: Request) -> Response:
        """At some queues, or at all of one department's."""
        said: dict[str, Any] = {"queues": []} | heard(EventSerializer, request).validated_data
        row = kept(keep_event, request, event_id=None, **said)
        return Response(_told(request, row.pk), status=201)


class EventView(KeptView):
    """One event."""

    @extend_schema(
        operation_id="read_event", summary="A known event", tags=[TAG],
        responses={200: EventSerializer, **problems(401, 403, 404)},
    )  # fmt: skip
    def get(self, request: Request, event_id: int) -> Response:
        """Read it."""
        return Response(_told(request, event_id))

    @write(
        "change_event", "Change what is sent of an event", sent=EventSerializer(partial=True), answer=EventSerializer,
        tags=TAG, more=DUE,
    )  # fmt: skip
    @idempotent
    def patch(self, request: Request, event_id: int) -> Response:
        """The rest stays."""
        said = EventSerializer(data=request.data, partial=True)
        said.is_valid(raise_exception=True)
        kept(keep_event, request, event_id=event_id, **said.validated_data)
        return Response(_told(request, event_id))

    @write("delete_event", "Delete an event", answer=None, status=204, tags=TAG, more=DUE)
    @idempotent
    def delete(self, request: Request, event_id: int) -> Response:
        """Past ones too: what was learnt from them goes with them."""
        kept(delete_event, request, event_id=event_id)
        return Response(status=204)


def _told(request: Request, event_id: int) -> dict[str, Any]:
    """The event as it is now. Raises `Http404`."""
    found = events_seen(department_ids=departments_seen(request)).filter(pk=event_id).first()
    if found is None:
        raise Http404
    return EventSerializer(found).data
