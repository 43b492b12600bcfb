"""Celery tasks: load, one call, done."""

import logging

from celery import shared_task
from django.utils import timezone

from marketplace.actions.busy_calendars import read_due_calendars
from marketplace.actions.correct_forecast import correct_forecast, correct_surging
from marketplace.actions.draw import draw_due
from marketplace.actions.expect import expect as run_expect
from marketplace.actions.measure_handle_times import measure_handle_times
from marketplace.actions.no_shows import mark_no_shows
from marketplace.actions.refresh_forecast import refresh_due
from marketplace.actions.serve_waiting import expire_offers, serve_waiting
from marketplace.actions.share_people import share_people
from marketplace.actions.sign_in import check_in_signed_in
from marketplace.actions.swap import expire_swaps
from marketplace.actions.tick import tick as run_tick
from marketplace.actions.tidy import tidy as run_tidy
from marketplace.actions.uploads import waiting_uploads, work
from marketplace.actions.work_proposals import work_proposals

log = logging.getLogger(__name__)
AGAIN_SECONDS = 0.25
TRIES = 8


@shared_task(name="marketplace.tick", bind=True, max_retries=TRIES)
def tick(self: object, *, trigger: str = "clock", **_: object) -> None:
    """One tick. If another is under way, a tick that something called for comes again at once, one of the clock not."""
    done = run_tick(now=timezone.now(), trigger=trigger)
    if done is None and trigger != "clock":
        raise self.retry(countdown=AGAIN_SECONDS)  # type: ignore[attr-defined]
    if done is not None and done.planned:
        log.info(
            "run %s (%s): %s planned, %s made, %s stale", done.run_id, trigger, done.planned, done.applied, done.stale
        )


@shared_task(name="marketplace.expect")
def expect(**_: object) -> None:
    """Bring up to date what each queue is expected to do next."""
    run_expect(now=timezone.now())


# minutes long: acknowledged at once, since the broker would hand it out again; what is left undone stays due
@shared_task(name="marketplace.forecast", time_limit=1800, acks_late=False)
def forecast(**_: object) -> None:
    """Forecast the queues that are due from all that came so far, and correct today by it."""
    now = timezone.now()
    if refresh_due(now=now):
        measure_handle_times(now=now)
        correct_forecast(now=now)
        share_people(now=now)


@shared_task(name="marketplace.correct")
def correct(*, trigger: str = "clock", **_: object) -> None:
    """Correct the rest of today by what came; on a surge only where it is."""
    (correct_surging if trigger in {"surge.began", "surge.grew"} else correct_forecast)(now=timezone.now())


@shared_task(name="marketplace.uploads", time_limit=1200, acks_late=False)
def uploads(**_: object) -> None:
    """Look through the files that people handed over, and load those that they said to."""
    for upload_id in waiting_uploads(now=timezone.now()):
        work(upload_id=upload_id, now=timezone.now())


@shared_task(name="marketplace.tidy")
def tidy(**_: object) -> None:
    """Forget what nobody needs any more."""
    run_tidy(now=timezone.now())


@shared_task(name="marketplace.propose", time_limit=300)
def propose(**_: object) -> None:
    """Work out the shifts that somebody asked for."""
    work_proposals(clock=timezone.now)


@shared_task(name="marketplace.offers")
def offers(**_: object) -> None:
    """What nobody answered in time is over: places that were offered pass on, swaps are closed."""
    expire_offers(now=timezone.now())
    expire_swaps(now=timezone.now())


@shared_task(name="marketplace.draw")
def draw(**_: object) -> None:
    """Draw the places of shifts whose time for asking is over."""
    draw_due(now=timezone.now())


@shared_task(name="marketplace.waiting")
def waiting(**_: object) -> None:
    """Offer what is open to those who wait for it."""
    serve_waiting(now=timezone.now())


@shared_task(name="marketplace.sign_in")
def sign_in(**_: object) -> None:
    """Whoever has signed in at the switch for a shift is checked in."""
    check_in_signed_in(now=timezone.now())


@shared_task(name="marketplace.no_shows")
def no_shows(**_: object) -> None:
    """Mark those whose time of grace is over."""
    mark_no_shows(now=timezone.now())


@shared_task(name="marketplace.calendars", time_limit=300)
def calendars(**_: object) -> None:
    """Read the calendars that agents brought and that are due."""
    read_due_calendars(now=timezone.now())
