"""What makes the pages an app on a phone: the manifest, the service worker, and the page for when there is no network.

The worker keeps the shell alone (style, script, icons and the offline page), never a page of anybody's.
"""

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SHELL = (
    "gigcx/tokens.css",
    "gigcx/app.css",
    "gigcx/today.css",
    "gigcx/open-shifts.css",
    "gigcx/icons.svg",
    "gigcx/favicon.svg",
    "gigcx/icon-192.png",
    "gigcx/live.js",
    "gigcx/sheet.js",
    "gigcx/phone.js",
    "gigcx/claims.js",
    "django_htmx/htmx-4.min.js",
    "django_htmx/ext/hx-sse-4.min.js",
)
"""Static files that an agent's pages are made of."""
PAGE, ACCENT = "#f4f6f8", "#0b63c5"
"""As in tokens.css."""


@require_safe
def manifest(_request: HttpRequest) -> JsonResponse:
    """How the app is called and looks on a home screen."""
    icons = [
        {"src": static(f"gigcx/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": "gigcx",
            "short_name": "gigcx",
            "description": _("Your shifts, and where you are needed now."),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": PAGE,
            "theme_color": ACCENT,
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker's script, from the root so that it serves all pages; another list of files is another worker."""
    files = [reverse("offline"), *map(static, SHELL)]
    version = hashlib.sha256(" ".join(files).encode()).hexdigest()[:12]
    context = {"files": files, "offline": files[0], "version": version}
    return render(request, "installable/service-worker.js", context, content_type="text/javascript")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the app shows where there is no network; the same for everybody."""
    return render(request, "installable/offline.html")
