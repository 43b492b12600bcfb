"""The web process. A live page is a long answer: one asyncio task each, not one thread."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gigcx.settings")
application = get_asgi_application()
