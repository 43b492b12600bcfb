"""The live streams: `/board/live/`, `/demand/live/`, `/today/live/`, `/shifts/live/`, `/offers/live/`,
`/planner/live/`, and that of each draw.
"""

from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.middleware import zone_of
from gigcx.accounts.models import User
from marketplace.rules import may_see_board, may_work
from marketplace.views.board import board_state, view_of
from marketplace.views.broadcast import HUB_SECONDS, RENDERS_PER_SECOND, Audience, Page, Rendered, audiences
from marketplace.views.demand import demand_state
from marketplace.views.draws import draw_state, planned_draw
from marketplace.views.keeper import Kept, keep, release
from marketplace.views.offers import offers_state
from marketplace.views.open_shifts import shifts_state, shown_of, wanted_of
from marketplace.views.planner import Shown, listed_of, planned_department, planner_state
from marketplace.views.said import number_of
from marketplace.views.today import today_state
from marketplace.vocabulary import DEMAND_TOPIC, SHIFTS_TOPIC

BOARD_REFRESH_SECONDS = 10.0
"""*Now* is the last 15 minutes: figures fade although nothing happens."""
DEMAND_REFRESH_SECONDS = 60.0
"""Telemetry changes handle times and with them the need, a little at a time; and intervals pass."""

SHIFTS_REST_SECONDS = 1.0
"""Every claim of anybody's concerns every open list of shifts; one's own is answered at once."""

PLANNER_REST_SECONDS = 2.0
"""A day's picture of all queues takes longer to read than a list."""


def sees_board(user: User) -> Hashable:
    """What this person sees of the board; None: nothing."""
    return (view_of(user),) if may_see_board(user) else None


def sees_today(user: User) -> Hashable:
    """Whose page this person sees; None: nobody's."""
    return user.agent.pk if may_work(user) else None


@dataclass(frozen=True, slots=True)
class Live:
    """What a stream tells one person, and when anew."""

    name: str
    of: tuple[Hashable, ...]
    """What the state depends on, beside the person's language and zone: whoever shares all of it shares the work."""
    state: Callable[..., Rendered]
    """Told by the clock: called with `now`, in the person's language and zone."""
    topics: frozenset[str]
    refresh_seconds: float = HUB_SECONDS
    rest_seconds: float = 1 / RENDERS_PER_SECOND

    def audience(self, user: User) -> Audience:
        """Everybody who is told the same as this person, whose request this is."""
        language = translation.get_language()

        def render() -> Rendered:
            with translation.override(language), timezone.override(zone_of(user)):
                return self.state(now=timezone.now())

        return Audience(
            key=(self.name, *self.of, language, user.timezone),
            topics=self.topics,
            render=render,
            refresh_seconds=self.refresh_seconds,
            rest_seconds=self.rest_seconds,
        )


@never_cache
@require_safe
async def board_live(request: HttpRequest) -> HttpResponseBase:
    """The board as a stream."""

    def live(user: User) -> Live:
        departments = view_of(user)
        state = partial(board_state, department_ids=departments)
        return Live("board", (departments,), state, frozenset({"board"}), refresh_seconds=BOARD_REFRESH_SECONDS)

    return await _stream(request, sees=sees_board, live=live)


@never_cache
@require_safe
async def demand_live(request: HttpRequest) -> HttpResponseBase:
    """Need against staffed over all queues as a stream."""

    def live(user: User) -> Live:
        departments = view_of(user)
        state = partial(demand_state, department_ids=departments)
        topics = frozenset({DEMAND_TOPIC})
        return Live("demand", (departments,), state, topics, refresh_seconds=DEMAND_REFRESH_SECONDS)

    return await _stream(request, sees=sees_board, live=live)


@never_cache
@require_safe
async def planner_live(request: HttpRequest) -> HttpResponseBase:
    """A day of the shift planner as a stream; the address says which, and the shifts that the page lists."""
    listed = listed_of(request.GET)

    def live(user: User) -> Live:
        department, departments = planned_department(user, request.GET.get("department", "")), view_of(user)
        with timezone.override(zone_of(user)):
            shown = Shown.of(department, request.GET, now=timezone.now())
        return Live(
            "planner",
            (shown, listed, departments),
            partial(planner_state, shown=shown, department_ids=departments, listed=listed),
            frozenset({DEMAND_TOPIC, SHIFTS_TOPIC}),
            refresh_seconds=DEMAND_REFRESH_SECONDS,
            rest_seconds=PLANNER_REST_SECONDS,
        )

    return await _stream(request, sees=sees_board, live=live)


@never_cache
@require_safe
async def shift_draw_live(request: HttpRequest) -> HttpResponseBase:
    """The page of one draw as a stream, that of `shift`: who asks, how long still, and then what came out."""
    shift_id = number_of(request.GET.get("shift", "")) or 0

    def live(user: User) -> Live:
        if planned_draw(shift_id=shift_id, department_ids=view_of(user)) is None:
            raise Http404
        state = partial(draw_state, shift_id=shift_id)
        return Live("draw", (shift_id,), state, frozenset({SHIFTS_TOPIC}), rest_seconds=SHIFTS_REST_SECONDS)

    return await _stream(request, sees=sees_board, live=live)


@never_cache
@require_safe
async def today_live(request: HttpRequest) -> HttpResponseBase:
    """An agent's own page as a stream."""

    def live(user: User) -> Live:
        agent_id = user.agent.pk
        state = partial(today_state, agent_id=agent_id)
        return Live("today", (agent_id,), state, frozenset({f"agent:{agent_id}"}))

    return await _stream(request, sees=sees_today, live=live)


@never_cache
@require_safe
async def open_shifts_live(request: HttpRequest) -> HttpResponseBase:
    """An agent's page of shifts as a stream; the address says which of them it shows."""
    wanted, shown = wanted_of(request.GET), shown_of(request.GET)

    def live(user: User) -> Live:
        agent = user.agent
        state = partial(shifts_state, agent=agent, wanted=wanted, shown=shown)
        topics = frozenset({SHIFTS_TOPIC, f"agent:{agent.pk}"})
        return Live("open_shifts", (agent.pk, wanted, shown), state, topics, rest_seconds=SHIFTS_REST_SECONDS)

    return await _stream(request, sees=sees_today, live=live)


@never_cache
@require_safe
async def offers_live(request: HttpRequest) -> HttpResponseBase:
    """What an agent is asked and waits for, as a stream."""

    def live(user: User) -> Live:
        agent_id = user.agent.pk
        state = partial(offers_state, agent_id=agent_id)
        topics = frozenset({SHIFTS_TOPIC, f"agent:{agent_id}"})
        return Live("offers", (agent_id,), state, topics, rest_seconds=SHIFTS_REST_SECONDS)

    return await _stream(request, sees=sees_today, live=live)


board_live.allowed = may_see_board
demand_live.allowed = may_see_board
planner_live.allowed = may_see_board
shift_draw_live.allowed = may_see_board
today_live.allowed = may_work
open_shifts_live.allowed = may_work
offers_live.allowed = may_work


async def _stream(
    request: HttpRequest, *, sees: Callable[[User], Hashable], live: Callable[[User], Live]
) -> HttpResponseBase:
    """The stream for this person. Not signed in is 401, not a page to sign in: nobody reads a stream's answer."""
    user, saw, mine = await sync_to_async(_look_up)(request, sees, live)
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
        after=number_of(last),
        # the address still says what the page showed when it was loaded
        shows="" if last else request.GET.get("shows", ""),
    )
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


def _look_up(
    request: HttpRequest, sees: Callable[[User], Hashable], live: Callable[[User], Live]
) -> tuple[User | None, Hashable, Audience | None]:
    """Who asks and what for. The connection goes back to the pool: the request lasts as long as the page is open."""
    try:
        user = request.user
        if not user.is_authenticated:
            return None, None, None
        saw = sees(user)
        return user, saw, live(user).audience(user) if saw is not None else None
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
