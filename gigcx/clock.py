"""When tasks run, and the process that sends them off: `celery --app gigcx.clock beat`.

It knows tasks by name only and loads neither Django's models nor the tasks themselves: it starts on a quarter of the
processor time that a worker needs, and keeps a third of the memory.
"""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigcx.settings")
app = Celery("gigcx", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")

app.conf.beat_schedule = {
    "tick": {
        "task": "marketplace.tick",
        "schedule": settings.TICK_SECONDS,
        # a backlog of ticks is worth nothing: only the newest counts
        "options": {"expires": settings.TICK_SECONDS},
        "kwargs": {"trigger": "clock"},
    },
    "expect": {"task": "marketplace.expect", "schedule": 5.0, "options": {"expires": 5}},
    # each queue's after its own midnight, and what became due meanwhile or was cut off
    "forecast": {"task": "marketplace.forecast", "schedule": 600.0, "options": {"expires": 600}},
    "correct": {"task": "marketplace.correct", "schedule": crontab(minute="*/5"), "options": {"expires": 300}},
    "draw": {"task": "marketplace.draw", "schedule": 5.0, "options": {"expires": 5}},
    "offers": {"task": "marketplace.offers", "schedule": 5.0, "options": {"expires": 5}},
    "waiting": {"task": "marketplace.waiting", "schedule": 60.0, "options": {"expires": 60}},
    "no_shows": {"task": "marketplace.no_shows", "schedule": 20.0, "options": {"expires": 20}},
    "calendars": {"task": "marketplace.calendars", "schedule": 600.0, "options": {"expires": 600}},
    "tidy": {"task": "marketplace.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
}
