"""Each person sees times in his or her own zone."""

import zoneinfo
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone


class PersonMiddleware:
    """Activate the signed-in person's zone for the request, in threads and coroutines alike."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer(request)
        with timezone.override(zone_of(request.user)):
            return self.get_response(request)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        user = await request.auser()
        with timezone.override(zone_of(user)):
            return await self.get_response(request)  # type: ignore[misc]


def zone_of(user: object) -> zoneinfo.ZoneInfo:
    """The zone in which to show times to this user; UTC for nobody."""
    return zoneinfo.ZoneInfo(getattr(user, "timezone", None) or "UTC")
