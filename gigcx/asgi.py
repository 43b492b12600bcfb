"""The web process. A live page is a long answer: one asyncio task each, not one thread."""

import os

import django
from django.conf import settings

from gigcx import serving
from gigcx.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigcx.settings")
django.setup(set_prefix=False)
application = BodyLimit(serving.application(), largest=settings.LARGEST_BODY)
