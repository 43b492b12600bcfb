"""Text with NUL characters, which no database keeps: 400, before a page looks something up by it or writes it down.

JSON is looked at as it is read (`json_body`).
"""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

NUL = "\x00"
Answer = Callable[[HttpRequest], Any]


@sync_and_async_middleware
def refuse_nul(get_response: Answer) -> Answer:
    """Refuse addresses and forms in which there is one."""
    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> HttpResponseBase:
            _check(request)
            later: Awaitable[HttpResponseBase] = get_response(request)
            return await later

        return answer_later

    def answer(request: HttpRequest) -> Any:
        _check(request)
        return get_response(request)

    return answer


def _check(request: HttpRequest) -> None:
    if "%00" in request.META.get("QUERY_STRING", "") or NUL in request.path_info:
        raise BadRequest("An address has no NUL characters.")
    if request.method == "POST" and any(NUL in text for _, texts in request.POST.lists() for text in texts):
        raise BadRequest("A form has no NUL characters.")
