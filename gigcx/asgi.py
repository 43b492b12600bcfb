"""The web process. A live page is a long answer: one asyncio task each, not one thread."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from gigcx.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigcx.settings")
application = BodyLimit(get_asgi_application(), largest=settings.LARGEST_BODY)
