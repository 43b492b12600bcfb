"""A write with an `Idempotency-Key` has one effect, however often and however fast it is sent."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from gigcx.accounts.models import Token
from gigcx.idempotency import KEEP, idempotent
from gigcx.ledger.models import Replayable
from gigcx.problems import Problem

Effect = Callable[[], Response]
pytestmark = pytest.mark.django_db


class Writing(APIView):
    """Has the effect it is given."""

    permission_classes = [AllowAny]
    effect: Effect = Response

    @idempotent
    def post(self, request: Request) -> Response:
        return type(self).effect()


@pytest.fixture
def effects(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts effects; each answers with its number."""
    done: list[int] = []

    def effect() -> Response:
        done.append(len(done))
        return Response({"effect": len(done), "at": datetime(2026, 1, 1, tzinfo=UTC)}, status=201)

    monkeypatch.setattr(Writing, "effect", staticmethod(effect))
    return done


@pytest.fixture
def token() -> Token:
    return Token.objects.create(name="one", hash="1", scopes=["telemetry"])


def send(token: Token, key: str | None, body: object = None, path: str = "/api/x/") -> Response:
    headers = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
    request = APIRequestFactory().post(path, {"a": 1} if body is None else body, format="json", **headers)
    force_authenticate(request, token=token)
    answer = Writing.as_view()(request)
    answer.render()
    return answer


def test_idempotency_answers_the_same_again(token: Token, effects: list[int]) -> None:
    first, second = send(token, "k"), send(token, "k")
    assert (first.status_code, second.status_code) == (201, 201)
    assert json.loads(second.content) == json.loads(first.content)
    assert (first.has_header("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (False, "true")
    assert len(effects) == 1


def test_idempotency_without_a_key_changes_nothing(token: Token, effects: list[int]) -> None:
    send(token, None)
    send(token, None)
    assert len(effects) == 2
    assert not Replayable.objects.exists()


def test_idempotency_does_not_mind_the_order_of_members(token: Token, effects: list[int]) -> None:
    send(token, "k", {"a": 1, "b": 2})
    assert send(token, "k", {"b": 2, "a": 1}).status_code == 201
    assert len(effects) == 1


@pytest.mark.parametrize(("body", "path"), [({"a": 2}, "/api/x/"), ({"a": 1}, "/api/y/")])
def test_idempotency_refuses_a_key_used_for_something_else(
    token: Token, effects: list[int], body: object, path: str
) -> None:
    send(token, "k")
    answer = send(token, "k", body, path)
    assert (answer.status_code, answer.data["code"]) == (422, "key_reused")
    assert len(effects) == 1


def test_idempotency_keys_belong_to_their_caller(token: Token, effects: list[int]) -> None:
    other = Token.objects.create(name="two", hash="2", scopes=["telemetry"])
    assert send(token, "k").data["effect"] == 1
    assert send(other, "k").data["effect"] == 2


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_idempotency_refuses_a_key_without_measure(token: Token, effects: list[int], key: str) -> None:
    answer = send(token, key)
    assert (answer.status_code, answer.data["code"]) == (400, "bad_key")
    assert not effects


def test_idempotency_replays_refusals_too(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def refuse() -> Response:
        tries.append(1)
        raise Problem(status=422, code="no", detail="No.", errors=[{"where": "x", "detail": "bad"}])

    monkeypatch.setattr(Writing, "effect", staticmethod(refuse))
    first, second = send(token, "k"), send(token, "k")
    assert json.loads(second.content) == json.loads(first.content)
    assert second["Content-Type"] == "application/problem+json"
    assert len(tries) == 1


@pytest.mark.parametrize("status", [401, 403, 409, 429, 503])
def test_idempotency_keeps_no_answer_that_may_change(
    token: Token, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    answers = [Response({}, status=status), Response({}, status=201)]
    monkeypatch.setattr(Writing, "effect", staticmethod(lambda: answers.pop(0)))
    assert [send(token, "k").status_code, send(token, "k").status_code] == [status, 201]


def test_idempotency_lets_a_crash_be_tried_again(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash() -> Response:
        raise ZeroDivisionError

    monkeypatch.setattr(Writing, "effect", staticmethod(crash))
    with pytest.raises(ZeroDivisionError):
        send(token, "k")
    monkeypatch.setattr(Writing, "effect", staticmethod(lambda: Response({}, status=201)))
    assert send(token, "k").status_code == 201


def test_idempotency_forgets_after_a_day(token: Token, effects: list[int]) -> None:
    send(token, "k")
    Replayable.objects.update(at=timezone.now() - KEEP - timedelta(seconds=1))
    assert send(token, "k", {"a": 2}).data["effect"] == 2
    assert Replayable.objects.count() == 1
    assert send(token, "k", {"a": 2}).data["effect"] == 2


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_idempotency_has_one_effect_under_fifty_at_once(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is held until another has been refused, so that they do meet; the rest come as they may."""
    effects, refused = [], threading.Event()

    def effect() -> Response:
        refused.wait(timeout=60)
        effects.append(1)
        return Response({"effect": len(effects)}, status=201)

    monkeypatch.setattr(Writing, "effect", staticmethod(effect))

    def attempt(_number: int) -> int:
        try:
            status = send(token, "k").status_code
            if status == 409:
                refused.set()
            return status
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(attempt, range(50)))
    assert len(effects) == 1
    assert set(statuses) == {201, 409}
    assert send(token, "k").data == {"effect": 1}
