"""An agent's calendar for other programs: the page that gives out its secret address, and what lies there."""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.tokens import digest
from gigcx.rate_limit import too_often
from marketplace.actions.calendar_feed import make_feed, revoke_feed
from marketplace.calendars.write import feed_text
from marketplace.models import CalendarFeed
from marketplace.queries.feed_events import feed_events
from marketplace.views.availability import in_own_zone
from marketplace.views.today import TABS

PAGE = "marketplace/calendar/feed.html"
PER_MINUTE = 60
"""Many subscribers may share an address, and each looks every quarter of an hour."""


@in_own_zone
@require_safe
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """Whether there is an address, and how to use one."""
    return _page(request)


@in_own_zone
@require_POST
def make_calendar_feed(request: HttpRequest) -> HttpResponse:
    """A new address, shown this once."""
    secret = make_feed(agent_id=request.user.agent.pk, actor=request.user.ledger_name, now=timezone.now())
    return _page(request, address=request.build_absolute_uri(reverse("feed", args=[secret])))


@in_own_zone
@require_POST
def revoke_calendar_feed(request: HttpRequest) -> HttpResponse:
    """No address any more."""
    revoke_feed(agent_id=request.user.agent.pk, actor=request.user.ledger_name, now=timezone.now())
    return redirect("calendar_feed")


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar itself, for whoever knows the address; 404 for any other, 429 for who asks too often."""
    now = timezone.now()
    if too_often(request, what="feed", most=PER_MINUTE, seconds=60, now=now):
        return _plain(status=429, retry=True)
    row = CalendarFeed.objects.filter(hash=digest(secret)).select_related("agent").first()
    if row is None or not _is_active(row):
        return _plain(status=404)
    with translation.override(settings.LANGUAGE_CODE):
        body = feed_text(
            events=feed_events(agent_id=row.agent_id, now=now),
            host=urlsplit(settings.URL).hostname or "gigcx",
            url=settings.URL.rstrip("/") + reverse("calendar"),
            zone=row.agent.timezone,
        )
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    response = HttpResponseNotModified() if etag in known else HttpResponse(body, content_type="text/calendar")
    # it may be kept, but is asked for again each time: a revoked address is worthless at once
    return _headed(response, {"ETag": etag, "Cache-Control": "private, no-cache"})


def _is_active(row: CalendarFeed) -> bool:
    return row.agent.user is None or row.agent.user.is_active


def _plain(*, status: int, retry: bool = False) -> HttpResponse:
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "60"} if retry else {})
    return _headed(HttpResponse(status=status, content_type="text/plain"), headers)


def _headed(response: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in (headers | {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}).items():
        response[name] = value
    return response


def _page(request: HttpRequest, *, address: str = "") -> HttpResponse:
    row = CalendarFeed.objects.filter(agent=request.user.agent).first()
    return render(request, PAGE, {"feed": row, "address": address, "page": "calendar", "tabs": TABS})
