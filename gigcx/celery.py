"""Celery and its workers. Tasks live in each app's `tasks`; `gigcx.clock` says when they run."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigcx.settings")
# Django's checks load every page, a third of a start; they are about the code, and `manage.py test` has made them
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
app = Celery("gigcx")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
