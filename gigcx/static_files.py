"""Static files: how they are stored (hashed and compressed once collected, as they lie before that) and served."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Hashed names after `collectstatic`; plain names where nothing was collected (development and tests)."""

    manifest_strict = False

    def url(self, name: str | None, force: bool = False) -> str:
        if not (settings.STATIC_ROOT / "staticfiles.json").exists():
            return super(CompressedManifestStaticFilesStorage, self).base_url + (name or "")
        return super().url(name, force)


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise, in threads and coroutines alike.

    Its own class knows threads only. Under ASGI it would block one for as long as a request waits for news.
    """

    sync_capable = async_capable = True
    files: dict[str, StaticFile]
    found: ClassVar[dict[str, StaticFile]] = {}
    """What lies in the folders of the product, by its address. Looked for once: two hundred files, and the web process
    has this middleware twice, for views that wait and for those that don't."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]) -> None:
        super().__init__(get_response)
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def add_files_from_finders(self) -> None:
        """Take what was found before, or else look."""
        if not self.found:
            collected, self.files = self.files, {}
            super().add_files_from_finders()
            self.found.update(self.files)
            self.files = collected
        self.files |= self.found

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self._answer(request) if self.is_async else super().__call__(request)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        find = self.find_file if self.autorefresh else self.files.get
        found = find(request.path_info)
        if found is None:
            return await self.get_response(request)
        return await sync_to_async(self.serve)(found, request)
