"""One task a process that keeps every live page honest: pings, so that a page notices a dead line; and the end of
the stream within seconds for whoever may no longer see it.
"""

import asyncio
import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db import Error
from django.utils import timezone

from gigcx.accounts.models import User
from marketplace.views.broadcast import Page, event, in_thread

log = logging.getLogger(__name__)
ROUND_SECONDS = 3.0


@dataclass(frozen=True, eq=False)
class Kept:
    """A page, whose it is, and what must stay so."""

    page: Page
    user_id: int
    session_key: str
    session_hash: str
    sees: Callable[[User], Hashable]
    """What this person sees; None: nothing any more."""
    saw: Hashable


_kept: set[Kept] = set()
_task: asyncio.Task[None] | None = None


def keep(kept: Kept) -> None:
    """Look after this page until `release`."""
    global _task  # noqa: PLW0603 - one task a process
    _kept.add(kept)
    if _task is None or _task.done():
        _task = asyncio.create_task(_rounds())


def release(kept: Kept) -> None:
    """The page is closed."""
    _kept.discard(kept)


async def _rounds() -> None:
    while _kept:
        ping = event(timezone.now().isoformat(), name="ping")
        for kept in _kept:
            kept.page.tell(ping)
        await asyncio.sleep(ROUND_SECONDS)
        pages = list(_kept)
        try:
            over = await in_thread(lambda: expired(pages))  # noqa: B023 - awaited in this very round
        except Error as problem:
            log.warning("who may see live pages is checked later: %s", type(problem).__name__)
            continue
        for kept in over:
            kept.page.end()


def expired(pages: list[Kept]) -> list[Kept]:
    """Those whose person was deactivated, signed out, got a new password or another view of the floor."""
    users = User.objects.select_related("agent").in_bulk({kept.user_id for kept in pages})
    sessions = set(
        Session.objects.filter(
            session_key__in={kept.session_key for kept in pages}, expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    views: dict[tuple[int, object], Hashable] = {}
    return [kept for kept in pages if not _holds(kept, users.get(kept.user_id), sessions, views)]


def _holds(kept: Kept, user: User | None, sessions: set[str], views: dict[tuple[int, object], Hashable]) -> bool:
    if user is None or not user.is_active or kept.session_key not in sessions:
        return False
    if user.get_session_auth_hash() != kept.session_hash:
        return False
    key = (user.pk, kept.sees)
    if key not in views:
        views[key] = kept.sees(user)
    return views[key] == kept.saw
