"""Settings of gigcx, all from the environment. `python3 manage.py up` needs none; docs/running.md lists each."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("GIGCX_DATA") or BASE_DIR / "var").resolve()


# Our matrices are small. The threads that numpy would start for each core wait for one another by counting: twice the
# processor time, and a forecast takes longer. It reads these as it is loaded, which is after this file
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")


def flag(name: str, default: str = "") -> bool:
    """An environment variable read as yes or no."""
    return os.environ.get(name, default).lower() in {"1", "true", "yes", "on"}


# --- security
DEBUG = flag("GIGCX_DEBUG")
URL = os.environ.get("GIGCX_URL", "http://127.0.0.1:8000")
"""Where people reach this installation; https here turns on every transport protection."""
HTTPS = urlsplit(URL).scheme == "https"
SECRET_KEY = os.environ.get("GIGCX_SECRET_KEY") or secrets.token_urlsafe(50)
"""Without one, sign-ins end with the process: `up` keeps a key in the data folder, production sets it."""
ALLOWED_HOSTS = [
    host
    for host in os.environ.get("GIGCX_ALLOWED_HOSTS", f"{urlsplit(URL).hostname},localhost,127.0.0.1,[::1]").split(",")
    if host
]
CSRF_TRUSTED_ORIGINS = [URL] if HTTPS else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "gigcx_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "gigcx_csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_ENGINE = "gigcx.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("GIGCX_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- what it is made of
INSTALLED_APPS = [
    "marketplace",
    "skills",
    "gigcx.accounts",
    "gigcx.ledger",
    "gigcx",
    # without looking for what there is to administer: only who serves pages needs it (gigcx.urls)
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "gigcx.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "gigcx.nul.refuse_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gigcx.accounts.middleware.PersonMiddleware",
]
ROOT_URLCONF = "gigcx.urls"
ASGI_APPLICATION = "gigcx.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "gigcx" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gigcx.accounts.context.shell",
                "marketplace.views.menu.menu",
            ],
        },
    }
]

# --- data
# a pooled connection is tried before it is given out: after a restart of the database the old ones are worthless
DATABASES = {"default": dj_database_url.config(default="postgresql:///gigcx", engine="gigcx.database")}
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
    "min_size": 1,
    "max_size": int(os.environ.get("GIGCX_DB_POOL", "12")),
    "timeout": 20,
}
# a statement is prepared where the code asks for it (gigcx/database/prepared.py). The driver prepares none: with those
# that it forgets at a ROLLBACK the server would forget ours
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
"""Shared by all web processes, so that the rate limits of sign-in hold across them."""

LARGEST_BODY = 10 * 1024 * 1024
"""Bytes that anyone may send at once; about 90,000 agents of telemetry. A larger floor is sent in several batches."""

# --- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["gigcx.accounts.backend.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "gigcx.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True

# --- language and time: UTC inside, each person's own zone on screen (gigcx.accounts.middleware)
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"

# --- files
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "gigcx" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gigcx.static_files.Storage"},
}
WHITENOISE_USE_FINDERS = True

# --- mail
EMAIL_BACKEND = os.environ.get("GIGCX_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
DEFAULT_FROM_EMAIL = os.environ.get("GIGCX_EMAIL_FROM", "gigcx <no-reply@localhost>")

# --- tasks and clock (gigcx.clock holds the schedule)
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 30,
    # the defaults look for abandoned messages every tenth pass of ten seconds: redelivery after 101 s instead of 30
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 25
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
TICK_SECONDS = float(os.environ.get("GIGCX_TICK_SECONDS", "5"))

# --- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "gigcx.accounts.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["gigcx.accounts.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gigcx.json_body.KeepableJSONBody"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "gigcx.problems.handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "gigcx",
    "VERSION": "1",
    "DESCRIPTION": "Telemetry in, assignments out, and everything that people do on the screens.",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "gigcx.api_docs.complete"],
    # what several things call `status` or `source` is another list for each
    "ENUM_NAME_OVERRIDES": {
        "BookingState": "marketplace.vocabulary.BookingState",
        "BookingSource": "marketplace.vocabulary.BookingSource",
        "AvailabilitySource": "marketplace.vocabulary.AvailabilitySource",
        "KindEnum": "marketplace.vocabulary.AvailabilityKind",  # its name before supplies had kinds too
        "MoveState": "marketplace.vocabulary.MoveState",
        "OfferState": "marketplace.vocabulary.OfferState",
        "ProposalState": "marketplace.vocabulary.ProposalState",
        "RequestState": "skills.models.RequestState",
        "ShiftState": "marketplace.vocabulary.ShiftState",
        "SupplyKind": "marketplace.models.supply.SupplyKind",
        "SwapState": "marketplace.vocabulary.SwapState",
        "TimeOffState": "marketplace.vocabulary.TimeOffState",
    },
}

# --- logs: no personal data, one line an event
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"hide_secrets": {"()": "gigcx.logs.HideSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hide_secrets"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("GIGCX_LOG_LEVEL", "INFO")},
    # a request that is refused is nothing to worry about: every full shift refuses many
    "loggers": {"django.request": {"level": "ERROR"}},
}
