"""Problems as RFC 9457 JSON: every refusal has a stable `code`, a plain sentence, and where it is."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"
UNPROCESSABLE = status.HTTP_422_UNPROCESSABLE_ENTITY
API = "/api/"
TITLES = {400: "Bad request", 401: "Sign in", 403: "Not allowed", 404: "Not found", 409: "Conflict"}
"""Where the standard phrase of a status says less than we can."""


class Problem(exceptions.APIException):
    """A refusal with a status, a stable code, a sentence, and optionally one item per thing that is wrong."""

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str,
        errors: list[dict[str, Any]] | None = None,
        wait: int | None = None,
    ) -> None:
        """`wait` is the number of seconds after which to try again, sent as `Retry-After`."""
        super().__init__(detail=detail, code=code)
        self.status_code = status
        self.errors = errors
        self.wait = wait


def handler(exception: Exception, context: dict[str, Any]) -> Response | None:  # noqa: ARG001 - DRF's signature
    """DRF's exception handler: any expected exception as a problem; None (a 500) for what nobody foresaw."""
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    if not isinstance(exception, exceptions.APIException):
        return None
    headers = {}
    if header := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(body(exception), status=exception.status_code, headers=headers, content_type=CONTENT_TYPE)


def body(exception: exceptions.APIException) -> dict[str, Any]:
    """The problem's members."""
    if isinstance(exception, exceptions.ValidationError):
        errors = [
            {"where": field, "detail": str(message)}
            for field, messages in _fields(exception.detail)
            for message in messages
        ]
        return members(exception.status_code, "invalid", "Some of what was sent is not valid.", errors)
    code = exception.get_codes()
    return members(
        exception.status_code,
        code if isinstance(code, str) else "invalid",
        str(exception.detail),
        getattr(exception, "errors", None),
    )


def members(status_code: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A problem as RFC 9457 lays it out, plus `code` and, where several things are wrong, `errors`."""
    problem: dict[str, Any] = {
        "type": f"urn:gigcx:problem:{code}",
        "title": TITLES.get(status_code) or HTTPStatus(status_code).phrase,
        "status": status_code,
        "code": code,
        "detail": detail,
    }
    if errors is not None:
        problem["errors"] = errors
    return problem


def problem_response(*, status_code: int, code: str, detail: str) -> JsonResponse:
    """A problem from outside DRF."""
    return JsonResponse(members(status_code, code, detail), status=status_code, content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: a problem under /api/, a page elsewhere."""
    if request.path.startswith(API):
        return problem_response(status_code=400, code="bad_request", detail="This request cannot be read.")
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403, in the same way."""
    if request.path.startswith(API):
        return problem_response(status_code=403, code="permission_denied", detail="This is not for you.")
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404, in the same way."""
    if request.path.startswith(API):
        return problem_response(status_code=404, code="not_found", detail="There is nothing at this address.")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, in the same way. What went wrong stands in the log, never in the answer."""
    if request.path.startswith(API):
        return problem_response(
            status_code=500, code="internal", detail="Something went wrong on our side. Try again later."
        )
    return defaults.server_error(request)


def _fields(detail: Any, path: str = "") -> list[tuple[str, list[Any]]]:
    if isinstance(detail, dict):
        return [pair for key, value in detail.items() for pair in _fields(value, _below(path, key))]
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        return [pair for number, value in enumerate(detail) for pair in _fields(value, _below(path, number))]
    return [(path, detail if isinstance(detail, list) else [detail])]


def _below(path: str, key: str | int) -> str:
    """Where a member is: rows by number, which DRF gives as a list or as a dictionary with whole numbers."""
    return f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".strip(".")
