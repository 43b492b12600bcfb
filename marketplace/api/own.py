"""What all writes of agents about themselves share: who may, and refusals as problems with every reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from gigcx.accounts.permissions import by
from gigcx.idempotency import caller_of
from gigcx.problems import UNPROCESSABLE, Problem
from marketplace.actions.refused import Refused
from marketplace.rules import may_work
from marketplace.vocabulary import AvailabilityRefusal, TimeOffRefusal

MAY = [by(may_work)]
CONFLICT = 409
BUSY = {
    AvailabilityRefusal.BOOKED, TimeOffRefusal.BOOKED, TimeOffRefusal.ANSWERED, TimeOffRefusal.BEGUN,
    TimeOffRefusal.OVERLAP,
}  # fmt: skip
"""Reasons that lie in what is so, not in what was sent."""


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


@contextmanager
def refusals() -> Iterator[None]:
    """Turn an action's no into a problem: all reasons of it; 404 for rows that are not the caller's."""
    try:
        yield
    except Refused as refused:
        reasons = zip(refused.reasons, refused.sentences, strict=True)
        raise Problem(
            status=CONFLICT if set(refused.reasons) & BUSY else UNPROCESSABLE,
            code=str(refused.reasons[0]),
            detail=" ".join(refused.sentences),
            errors=[{"where": str(reason), "detail": sentence} for reason, sentence in reasons],
        ) from None
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
