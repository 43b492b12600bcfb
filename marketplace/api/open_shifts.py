"""Open shifts by API, as the signed-in agent sees them: what can be claimed, or all with every reason why not."""

from datetime import UTC, datetime

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.permissions import by
from gigcx.problems import Problem
from marketplace.api.booking_schemas import OpenShiftsSerializer
from marketplace.api.schemas import problems
from marketplace.api.shifts import flag_of
from marketplace.models import Queue
from marketplace.queries.open_shifts import MOST, Wanted, open_shifts
from marketplace.rules import may_work
from marketplace.vocabulary import WorkPlace

TAGS = ["An agent's own shifts"]
Place = tuple[datetime, int]


class OpenShiftsView(APIView):
    """Open shifts."""

    permission_classes = [by(may_work)]

    @extend_schema(
        operation_id="list_open_shifts",
        summary="Open shifts ahead, and whether you can claim them",
        description=f"{MOST} shifts are looked at for one page; of these it holds the ones that you can claim.",
        tags=TAGS,
        parameters=[
            OpenApiParameter("all", bool, description="Also shifts that you can't claim, with the reasons."),
            OpenApiParameter("queue", str, description="Only of the queue of this code."),
            OpenApiParameter("work_place", str, enum=WorkPlace.values, description="Only worked there."),
            OpenApiParameter("suits", bool, description="Only those that you have offered to work through."),
            OpenApiParameter("cursor", str, description="From `next` of the page before."),
        ],
        responses={200: OpenShiftsSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        """One page."""
        found = open_shifts(agent=request.user.agent, wanted=_wanted(request), now=timezone.now())
        page = {"next": _text(found.last) if found.last else None, "results": found.shifts}
        return Response(OpenShiftsSerializer(page).data)


def _wanted(request: Request) -> Wanted:
    query = request.query_params
    place = query.get("work_place", "")
    if place and place not in WorkPlace.values:
        raise Problem(status=400, code="bad_work_place", detail=f"`work_place` is {' or '.join(WorkPlace.values)}.")
    queue_id = None
    if code := query.get("queue"):
        # no queue has the id 0: an unknown code finds nothing
        queue_id = Queue.objects.filter(code=code).values_list("pk", flat=True).first() or 0
    return Wanted(
        everything=flag_of(request, "all"),
        queue_id=queue_id,
        work_place=place,
        suiting=flag_of(request, "suits"),
        after=_place(query.get("cursor", "")),
    )


def _text(place: Place) -> str:
    """A cursor: microseconds since 1970 and the id."""
    start, pk = place
    return f"{round(start.timestamp() * 1_000_000)}-{pk}"


def _place(cursor: str) -> Place | None:
    if not cursor:
        return None
    try:
        microseconds, pk = map(int, cursor.split("-"))
        return datetime.fromtimestamp(microseconds / 1_000_000, UTC), pk
    except (ValueError, OverflowError, OSError):
        raise Problem(status=400, code="bad_cursor", detail="`cursor` is what `next` of a page said.") from None
