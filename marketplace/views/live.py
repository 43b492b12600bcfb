"""The live streams: `/board/live/`, `/demand/live/`, `/today/live/` and `/shifts/live/`."""

from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.middleware import zone_of
from gigcx.accounts.models import User
from marketplace.rules import may_see_board, may_work
from marketplace.views.board import board_state, view_of
from marketplace.views.broadcast import Audience, Page, Rendered, audiences
from marketplace.views.demand import demand_state
from marketplace.views.keeper import Kept, keep, release
from marketplace.views.open_shifts import shifts_state, shown_of, wanted_of
from marketplace.views.today import today_state
from marketplace.vocabulary import DEMAND_TOPIC, SHIFTS_TOPIC

BOARD_REFRESH_SECONDS = 10.0
"""*Now* is the last 15 minutes: figures fade although nothing happens."""
DEMAND_REFRESH_SECONDS = 60.0
"""Telemetry changes handle times and with them the need, a little at a time; and intervals pass."""

SHIFTS_REST_SECONDS = 1.0
"""Every claim of anybody's concerns every open list of shifts; one's own is answered at once."""


def sees_board(user: User) -> Hashable:
    """What this person sees of the board; None: nothing."""
    return (view_of(user),) if may_see_board(user) else None


def sees_today(user: User) -> Hashable:
    """Whose page this person sees; None: nobody's."""
    return user.agent.pk if may_work(user) else None


@never_cache
@require_safe
async def board_live(request: HttpRequest) -> HttpResponseBase:
    """The board as a stream."""

    def audience(user: User) -> Audience:
        language, zone, departments = translation.get_language(), user.timezone, view_of(user)

        def render() -> Rendered:
            with translation.override(language), timezone.override(zone_of(user)):
                return board_state(department_ids=departments, now=timezone.now())

        return Audience(
            key=("board", departments, language, zone),
            topics=frozenset({"board"}),
            render=render,
            refresh_seconds=BOARD_REFRESH_SECONDS,
        )

    return await _stream(request, sees=sees_board, audience=audience)


@never_cache
@require_safe
async def demand_live(request: HttpRequest) -> HttpResponseBase:
    """Need against staffed over all queues as a stream."""

    def audience(user: User) -> Audience:
        language, zone, departments = translation.get_language(), user.timezone, view_of(user)

        def render() -> Rendered:
            with translation.override(language), timezone.override(zone_of(user)):
                return demand_state(department_ids=departments, now=timezone.now())

        return Audience(
            key=("demand", departments, language, zone),
            topics=frozenset({DEMAND_TOPIC}),
            render=render,
            refresh_seconds=DEMAND_REFRESH_SECONDS,
        )

    return await _stream(request, sees=sees_board, audience=audience)


@never_cache
@require_safe
async def today_live(request: HttpRequest) -> HttpResponseBase:
    """An agent's own page as a stream."""

    def audience(user: User) -> Audience:
        language, agent = translation.get_language(), user.agent

        def render() -> Rendered:
            with translation.override(language), timezone.override(zone_of(user)):
                return today_state(agent_id=agent.pk, now=timezone.now())

        key = ("today", agent.pk, language, user.timezone)
        return Audience(key=key, topics=frozenset({f"agent:{agent.pk}"}), render=render)

    return await _stream(request, sees=sees_today, audience=audience)


@never_cache
@require_safe
async def open_shifts_live(request: HttpRequest) -> HttpResponseBase:
    """An agent's page of shifts as a stream; the address says which of them it shows."""
    wanted, shown = wanted_of(request.GET), shown_of(request.GET)

    def audience(user: User) -> Audience:
        language, agent = translation.get_language(), user.agent

        def render() -> Rendered:
            with translation.override(language), timezone.override(zone_of(user)):
                return shifts_state(agent=agent, wanted=wanted, shown=shown, now=timezone.now())

        return Audience(
            key=("open_shifts", agent.pk, wanted, shown, language, user.timezone),
            topics=frozenset({SHIFTS_TOPIC, f"agent:{agent.pk}"}),
            render=render,
            rest_seconds=SHIFTS_REST_SECONDS,
        )

    return await _stream(request, sees=sees_today, audience=audience)


board_live.allowed = may_see_board
demand_live.allowed = may_see_board
today_live.allowed = may_work
open_shifts_live.allowed = may_work


async def _stream(
    request: HttpRequest, *, sees: Callable[[User], Hashable], audience: Callable[[User], Audience]
) -> HttpResponseBase:
    """The stream for this person. Not signed in is 401, not a page to sign in: nobody reads a stream's answer."""
    user, saw, mine = await sync_to_async(_look_up)(request, sees, audience)
    if user is None:
        return HttpResponse(status=401)
    if saw is None:
        raise PermissionDenied
    page = Page()
    kept = Kept(
        page=page,
        user_id=user.pk,
        session_key=request.session.session_key or "",
        session_hash=user.get_session_auth_hash(),
        sees=sees,
        saw=saw,
    )
    last = request.headers.get("Last-Event-ID", "")
    frames = _frames(
        mine,
        page,
        kept,
        after=int(last) if last.isdecimal() else None,
        # the address still says what the page showed when it was loaded
        shows="" if last else request.GET.get("shows", ""),
    )
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


def _look_up(
    request: HttpRequest, sees: Callable[[User], Hashable], audience: Callable[[User], Audience]
) -> tuple[User | None, Hashable, Audience | None]:
    """Who asks and what for. The connection goes back to the pool: the request lasts as long as the page is open."""
    try:
        user = request.user
        if not user.is_authenticated:
            return None, None, None
        saw = sees(user)
        return user, saw, audience(user) if saw is not None else None
    finally:
        if not connection.in_atomic_block:
            connection.close()


async def _frames(mine: Audience, page: Page, kept: Kept, *, after: int | None, shows: str) -> AsyncIterator[bytes]:
    keep(kept)
    frames = audiences.setdefault(mine.key, mine).stream(page, after=after, shows=shows)
    try:
        async for part in frames:
            yield part
    finally:
        release(kept)
        with suppress(RuntimeError):
            await frames.aclose()
