"""What every endpoint that changes something shares: who acts, what was sent, and refusals as problems."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.permissions import by
from gigcx.idempotency import caller_of, idempotent
from gigcx.problems import UNPROCESSABLE, Problem
from marketplace.actions.refused import ClaimRefused, Refused
from marketplace.api.schemas import problems
from marketplace.api.telemetry import IDEMPOTENCY
from marketplace.queries.reasons import say
from marketplace.rules import may_work
from marketplace.vocabulary import AvailabilityRefusal, CalendarTrouble, ShiftRefusal, TimeOffRefusal

MAY = [by(may_work)]
OWN = "An agent's own shifts"
CONFLICT = 409
SENT_WRONG: frozenset[str] = frozenset({
    AvailabilityRefusal.PERIOD, AvailabilityRefusal.TOO_MANY, TimeOffRefusal.PERIOD, *CalendarTrouble,
    ShiftRefusal.NO_QUEUES, ShiftRefusal.PERIOD, ShiftRefusal.STANDBY, ShiftRefusal.NO_PATTERNS,
})  # fmt: skip
"""Reasons that lie in what was sent (422); all others lie in what is so (409)."""


class Newest(CursorPagination):
    """Pages of a hundred, the newest first."""

    page_size = 100
    ordering = ("-id",)


def heard(kind: type[serializers.Serializer], request: Request) -> serializers.Serializer:
    """What was sent, checked. Raises DRF's `ValidationError`."""
    said = kind(data=request.data)
    said.is_valid(raise_exception=True)
    return said


def who(request: Request) -> dict[str, Any]:
    """Who acts, and when."""
    return {"actor": caller_of(request), "now": timezone.now()}


def problem_of(refused: Refused) -> Problem:
    """Every reason, and the ways out of those that have one; the first one's code."""
    if isinstance(refused, ClaimRefused):
        said = [say(reason) for reason in refused.found]
        errors = [{"where": one.code, "detail": one.sentence, "way_out": one.way_out} for one in said]
    else:
        pairs = zip(refused.reasons, refused.sentences, strict=True)
        errors = [{"where": str(code), "detail": sentence} for code, sentence in pairs]
    return Problem(
        status=UNPROCESSABLE if SENT_WRONG.issuperset(refused.reasons) else CONFLICT,
        code=str(refused.reasons[0]),
        detail=" ".join(refused.sentences),
        errors=errors,
    )


@contextmanager
def refusals() -> Iterator[None]:
    """Turn an action's no into a problem: all reasons of it; 404 for rows that are not there for the caller."""
    try:
        yield
    except Refused as refused:
        raise problem_of(refused) from None
    except ValidationError as refused:
        errors = refused.message_dict if hasattr(refused, "error_dict") else {"": refused.messages}
        raise Problem(
            status=UNPROCESSABLE,
            code="refused",
            detail=" ".join(refused.messages),
            errors=[{"where": field, "detail": message} for field, found in errors.items() for message in found],
        ) from None
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


def acted(action: Callable[..., Any], request: Request, *, own: bool = True, **which: Any) -> Any:
    """What an action gives, for the caller's own agent (`own`) or for whoever may; what it refuses as a problem."""
    if own:
        which["agent_id"] = request.user.agent.pk
    with refusals():
        return action(**which, **who(request))


def write(
    operation: str, summary: str, *, answer: Any, sent: Any = None, status: int = 200, tags: str = OWN, more: str = ""
) -> Any:
    """The schema of a write that is sent once: with `sent` in its body, or nothing but the address."""
    refused = problems(400, 401, 403, 404, 409, 422)
    return extend_schema(
        operation_id=operation, summary=summary, description=more or None, tags=[tags], request=sent,
        parameters=[IDEMPOTENCY], responses={status: answer, **refused},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers: `find(done, **which)` gives the row from what the action gave and the address."""

    serializer: type[serializers.BaseSerializer]
    find: Callable[..., Any]


def tap(
    operation: str, summary: str, action: Callable[..., Any], *, answer: Answer | None, sent: Any = None,
    own: bool = True, may: list[Any] = MAY, before: Callable[..., None] | None = None, status: int = 200,
    tags: str = OWN,
) -> type[APIView]:  # fmt: skip
    """The endpoint of one action: POST its address, and the members of `sent`, and hear how things are then.

    The action gets them as keywords, with `actor` and `now`, and `agent_id` where it is about the caller (`own`).
    `before(request, **address)` raises where the caller has no business there. Without `answer` it says 204.
    """

    # made once: making its fields takes longer than filling them
    shown: Any = answer.serializer() if answer else None

    class TapView(APIView):
        permission_classes = may

        @write(
            operation, summary, sent=sent, tags=tags, status=status if answer else 204,
            answer=answer.serializer if answer else None,
        )  # fmt: skip
        @idempotent
        def post(self, request: Request, **which: Any) -> Response:
            if before is not None:
                before(request, **which)
            said = heard(sent, request).validated_data if sent else {}
            done = acted(action, request, own=own, **which, **said)
            if answer is None:
                return Response(status=204)
            return Response(shown.to_representation(answer.find(done, **which)), status=status)

    TapView.__doc__ = TapView.post.__doc__ = f"{summary}."
    return TapView
