"""The web process. A live page is a long answer: one asyncio task each, not one thread."""

import os

from django.conf import settings

from gigcx import serving
from gigcx.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigcx.settings")
application = BodyLimit(serving.application(), largest=settings.LARGEST_BODY)
