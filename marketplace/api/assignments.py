"""`GET /api/v1/assignments/`: what switches must obey, as changes in order, held open while there is nothing new."""

import time
from functools import wraps

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.models import Scope
from gigcx.accounts.permissions import scoped
from gigcx.ledger.hub import hub
from gigcx.problems import Problem
from marketplace.api.schemas import FeedSerializer, problems
from marketplace.queries import feed
from marketplace.vocabulary import FEED_TOPIC

HELD_SECONDS = 25
LONGEST_CURSOR = 18
"""Digits; what is longer is no position."""


class AssignmentsView(APIView):
    """Answers at once with what there is; `assignments` holds the request open around it."""

    permission_classes = [scoped(Scope.ASSIGNMENTS)]

    @extend_schema(
        operation_id="follow_assignments",
        summary="What is wanted of each agent, as changes in order",
        description=(
            "Without `after`: all open assignments; whoever is not among them serves no queue. "
            "With it: the changes since, waiting for the next one if there is none. Saying the same twice is possible "
            "and harmless."
        ),
        tags=["Switches"],
        parameters=[
            OpenApiParameter("after", str, description="`next` of the answer before."),
            OpenApiParameter(
                "wait", int, description="Seconds to wait for something new, 0 to 25; 25 where it is not given."
            ),
        ],
        responses={200: FeedSerializer, **problems(400, 401, 403, 410)},
    )
    def get(self, request: Request) -> Response:
        """All open assignments, or the changes after a cursor."""
        _number(request.query_params.get("wait"), "wait")
        after = _number(request.query_params.get("after"), "after")
        try:
            found = feed.everything() if after is None else feed.changes(after=after)
        except feed.UnknownCursor:
            raise Problem(
                status=410, code="unknown_cursor", detail="We never gave this cursor. Start again without one."
            ) from None
        return Response(found.as_json())


def _number(text: str | None, name: str) -> int | None:
    """A parameter that is a whole number, None where it is absent or empty; raises `Problem` 400 on anything else."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_CURSOR):
        raise Problem(status=400, code=f"bad_{name}", detail=f"`{name}` is not one that we gave: {text[:40]!r}.")
    return int(text)


_answer = AssignmentsView.as_view()


@wraps(_answer)  # carries the class over, by which the schema finds it
async def assignments(request: HttpRequest) -> Response:
    """Answer when there is something to say, at the latest after `HELD_SECONDS`.

    Every look is a whole request, so a token that is revoked ends the waiting. Between two looks neither a thread nor
    a database connection is held.
    """
    response = await _look(request)
    if not _nothing_new(request, response):
        return response
    deadline = time.monotonic() + _patience(request)
    listener = await hub.join([FEED_TOPIC])
    try:
        response = await _look(request)  # what came between the first look and the hub's ear
        while _nothing_new(request, response) and (left := deadline - time.monotonic()) > 0:
            if await listener.wait(left):
                response = await _look(request)
        return response
    finally:
        hub.leave(listener)


@sync_to_async
def _look(request: HttpRequest) -> Response:
    """One whole request, after which the database connection goes back to the pool."""
    try:
        return _answer(request)
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _nothing_new(request: HttpRequest, response: Response) -> bool:
    return response.status_code == 200 and bool(request.GET.get("after")) and not response.data["results"]


def _patience(request: HttpRequest) -> float:
    return min(HELD_SECONDS, int(request.GET.get("wait") or HELD_SECONDS))
