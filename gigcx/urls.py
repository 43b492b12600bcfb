"""Every address, by part."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from gigcx import api_docs, health, installable

admin.autodiscover()
# the admin's own sign-in form would pass by allauth's rate limits
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("manifest.webmanifest", installable.manifest, name="manifest"),
    path("service-worker.js", installable.service_worker, name="service_worker"),
    path("offline/", installable.offline, name="offline"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", api_docs.api_docs, name="api_docs"),
    path("api/v1/", include("marketplace.api.urls")),
    path("", include("gigcx.accounts.urls")),
    path("", include("marketplace.views.urls")),
]

# under /api/ problems as JSON, elsewhere pages
handler400 = "gigcx.problems.bad_request"
handler403 = "gigcx.problems.forbidden"
handler404 = "gigcx.problems.not_found"
handler500 = "gigcx.problems.server_error"
