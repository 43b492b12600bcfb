"""Whatever goes wrong under /api/ is answered as RFC 9457 lays it out."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from gigcx import problems
from gigcx.problems import Problem, handler


def fails(_request: HttpRequest, how: str) -> None:
    raise {"crash": ZeroDivisionError, "denied": PermissionDenied, "suspicious": SuspiciousOperation}[how]("secret: 42")


urlpatterns = [
    path("api/fails/<str:how>/", fails),
    path("fails/<str:how>/", fails),
    path("", include("gigcx.urls")),
]
handler400, handler403 = problems.bad_request, problems.forbidden
handler404, handler500 = problems.not_found, problems.server_error


@pytest.fixture
def client(db: None) -> Iterator[Client]:
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/nothing/", 404, "not_found"),
        ("/api/", 404, "not_found"),
        ("/api/fails/denied/", 403, "permission_denied"),
        ("/api/fails/suspicious/", 400, "bad_request"),
        ("/api/fails/crash/", 500, "internal"),
    ],
)
def test_problems_cover_what_django_itself_refuses(client: Client, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    found = answer.json()
    assert (found["status"], found["code"], found["type"]) == (status, code, f"urn:gigcx:problem:{code}")
    assert found["title"]
    assert "42" not in answer.content.decode(), "what went wrong inside must not leak"


@pytest.mark.parametrize(("path", "status"), [("/nothing/", 404), ("/fails/denied/", 403), ("/fails/crash/", 500)])
def test_problems_leave_pages_alone(client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (status, "text/html")


class Failing(APIView):
    """Raises what it is told to."""

    permission_classes = [AllowAny]
    error: Exception = ValueError()

    def post(self, request: Request) -> Response:
        if self.error is None:
            return Response(request.data)
        raise self.error


def answer_to(error: Exception | None, **headers: str) -> Response:
    request = APIRequestFactory().post("/api/x/", "{}", content_type=headers.pop("type", "application/json"), **headers)
    answer = Failing.as_view(error=error)(request)
    answer.render()
    return answer


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.Throttled(wait=7), 429, "throttled"),
        (exceptions.ParseError(), 400, "parse_error"),
        (Problem(status=409, code="taken", detail="Somebody was quicker."), 409, "taken"),
    ],
)
def test_problems_carry_a_stable_code(error: Exception, status: int, code: str) -> None:
    answer = answer_to(error)
    assert (answer.status_code, answer["Content-Type"], answer.data["code"]) == (
        status,
        "application/problem+json",
        code,
    )


def test_problems_say_when_to_come_back() -> None:
    assert answer_to(exceptions.Throttled(wait=7))["Retry-After"] == "7"
    assert answer_to(Problem(status=409, code="in_progress", detail="Wait.", wait=1))["Retry-After"] == "1"


def test_problems_say_how_to_sign_in() -> None:
    assert answer_to(exceptions.NotAuthenticated())["WWW-Authenticate"] == "Bearer"


def test_problems_cover_a_wrong_media_type() -> None:
    assert answer_to(None).status_code == 400 - 200
    body = APIRequestFactory().post("/api/x/", "<x/>", content_type="text/xml")

    class Reading(Failing):
        def post(self, request: Request) -> Response:
            return Response(request.data)

    answer = Reading.as_view()(body)
    assert (answer.status_code, answer.data["code"]) == (415, "unsupported_media_type")
    assert answer.data["title"] == "Unsupported Media Type"


def test_problems_name_every_invalid_field_by_its_path() -> None:
    class Row(serializers.Serializer):
        size = serializers.IntegerField(min_value=1)

    class Sent(serializers.Serializer):
        name = serializers.CharField()
        rows = Row(many=True)

    sent = Sent(data={"rows": [{"size": 1}, {"size": 0}, {}]})
    assert not sent.is_valid()
    found = answer_to(exceptions.ValidationError(sent.errors)).data
    assert found["code"] == "invalid"
    assert sorted(fault["where"] for fault in found["errors"]) == ["name", "rows[1].size", "rows[2].size"]


def test_problems_do_not_hide_what_nobody_foresaw() -> None:
    assert handler(ZeroDivisionError(), {}) is None


def test_problems_outside_the_api_are_djangos_own_pages() -> None:
    request = RequestFactory().get("/page/")
    assert problems.bad_request(request, SuspiciousOperation("secret"))["Content-Type"].startswith("text/html")
