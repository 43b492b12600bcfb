"""Celery tasks: load, one call, done."""

import logging

from celery import shared_task
from django.utils import timezone

from marketplace.actions.expect import expect as run_expect
from marketplace.actions.refresh_forecast import refresh_forecast
from marketplace.actions.tick import tick as run_tick
from marketplace.actions.tidy import tidy as run_tidy

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


@shared_task(name="marketplace.forecast", time_limit=900)
def forecast(**_: object) -> None:
    """Forecast the next two weeks from all that came so far."""
    refresh_forecast(now=timezone.now())


@shared_task(name="marketplace.tidy")
def tidy(**_: object) -> None:
    """Forget what nobody needs any more."""
    run_tidy(now=timezone.now())
