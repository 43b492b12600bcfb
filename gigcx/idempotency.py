"""`Idempotency-Key`: a write that is sent twice has one effect, and answers the second time what it did the first.

The answer is kept for a day under (caller, key). While the first is being worked on, the same key is refused with 409:
an advisory lock of the session says so, and ends with the process however that dies. A process that dies between the
commit of the effect and the keeping of the answer leaves no trace of the key; sending again then runs the write again,
which every action bears (see docs/locking.md).
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.db import connection
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gigcx.accounts.models import Token
from gigcx.ledger.models import Replayable
from gigcx.problems import CONTENT_TYPE, UNPROCESSABLE, Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEEP = timedelta(hours=24)
"""How long an answer is replayed; the tidy task deletes it some time after."""
LONGEST_KEY = 255
PASSING = frozenset({401, 403, 409, 429})
"""Answers that may well differ next time: never kept. So are all from 500 on."""

Write = Callable[..., Response]


def idempotent(write: Write) -> Write:
    """Decorate a writing method of an API view: it then honours `Idempotency-Key` where the caller sends one."""

    @wraps(write)
    def guarded(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return write(view, request, *args, **kwargs)
        if not 0 < len(key) <= LONGEST_KEY:
            raise Problem(status=400, code="bad_key", detail=f"{HEADER} has 1 to {LONGEST_KEY} characters.")
        caller, fingerprint = caller_of(request), fingerprint_of(request)
        with _alone(caller, key) as alone:
            if not alone:
                raise Problem(
                    status=409, code="in_progress", detail="The first request with this key is still running.", wait=1
                )
            if kept := kept_answer(caller=caller, key=key, fingerprint=fingerprint, now=timezone.now()):
                return kept
            answer = _answer(view, lambda: write(view, request, *args, **kwargs))
            if answer.status_code < 500 and answer.status_code not in PASSING:
                _keep(caller, key, fingerprint, answer)
            return answer

    return guarded


@contextmanager
def once(*, caller: str, key: str, now: datetime) -> Iterator[bool]:
    """For pages: whether what the block does is to be done, which it is once a key and day; '' is no key.

    False also while another request with this key is under way. What raises in the block has not been done.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        yield True
        return
    with _alone(caller, key) as alone:
        done = Replayable.objects.filter(caller=caller, key=key, at__gt=now - KEEP, status__isnull=False).exists()
        yield alone and not done
        if alone and not done:
            _write(caller, key, request_hash="", status=200, body=None)


def caller_of(request: Request) -> str:
    """Whose key it is, as the ledger names the caller."""
    return request.auth.ledger_name if isinstance(request.auth, Token) else request.user.ledger_name


def fingerprint_of(request: Request) -> str:
    """A hash of method, address and what was sent; the order of members and white space do not count."""
    sent = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n{sent}".encode()).hexdigest()


def kept_answer(*, caller: str, key: str, fingerprint: str, now: datetime) -> Response | None:
    """The answer given under this key within the last day; raises `Problem` 422 if it was to another request."""
    kept = Replayable.objects.filter(caller=caller, key=key, at__gt=now - KEEP, status__isnull=False).first()
    if kept is None:
        return None
    if kept.request_hash != fingerprint:
        raise Problem(
            status=UNPROCESSABLE, code="key_reused", detail="This key was used for another request. Take a new one."
        )
    content_type = CONTENT_TYPE if (kept.status or 0) >= 400 else None
    return Response(kept.body, status=kept.status, headers={REPLAYED: "true"}, content_type=content_type)


@contextmanager
def _alone(caller: str, key: str) -> Iterator[bool]:
    """Hold this key against every other request; yields False if another holds it."""
    number = int.from_bytes(hashlib.sha256(f"{caller}\n{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        taken = bool(cursor.fetchone()[0])
    try:
        yield taken
    finally:
        if taken and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _answer(view: APIView, write: Callable[[], Response]) -> Response:
    """What the write answers, refusals included: they are replayed too."""
    try:
        return write()
    except APIException as refusal:
        answer: Response = view.handle_exception(refusal)
        return answer


def _keep(caller: str, key: str, fingerprint: str, answer: Response) -> None:
    body = json.loads(JSONRenderer().render(answer.data) or b"null")
    _write(caller, key, request_hash=fingerprint, status=answer.status_code, body=body)


def _write(caller: str, key: str, **answer: Any) -> None:
    """Remember the answer, over one that is too old to count."""
    Replayable.objects.update_or_create(caller=caller, key=key, defaults=answer | {"at": timezone.now()})
