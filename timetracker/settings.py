"""The one settings file. Everything that differs between installations comes from the environment."""

import os
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from timetracker.web.environment import LARGEST_PORT, Environment

# The threads of scikit-learn get into each other's way where several processes learn or predict: a fit of one second
# then takes a minute and a half on two cores. Read when it is imported, by every process of ours.
os.environ.setdefault("OMP_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# ── Where things are kept ────────────────────────────────────────────────────
DATA_DIR = env.folder("DATA_DIR", default=str(BASE_DIR / "var"))


def _kept_secret(path: Path) -> str:
    """The secret of an installation that sets none: made once, readable by its owner only."""
    try:
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(get_random_secret_key())
    except FileExistsError:
        pass
    except OSError:
        raise ImproperlyConfigured(f"The secret key cannot be kept in {path}: see who may write there.") from None
    try:
        return path.read_text().strip()
    except OSError:
        raise ImproperlyConfigured(f"The secret key in {path} cannot be read: see who may read it.") from None


SECRET_KEY = env.as_it_stands("SECRET_KEY") or _kept_secret(DATA_DIR / "secret_key")
DEBUG = env.switch("DEBUG", default=False)
PORT = env.whole("PORT", default=8000, most=LARGEST_PORT)

# ── Who may reach us, and how ────────────────────────────────────────────────
PUBLIC_URL = env.address("PUBLIC_URL", default=f"http://localhost:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
_https = _public.scheme == "https"
_local = (_public.hostname or "") in {"localhost", "127.0.0.1", "::1"}
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[_public.hostname or "localhost", *(["localhost", "127.0.0.1", "[::1]"] if _local else [])]
)
CSRF_FAILURE_VIEW = "timetracker.web.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked by the machine next door, over plain http
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Bytes that a page takes as a file, by its path; no other request may be larger than the figure above.
LARGEST_UPLOADS = {"/import/": 25 * 1024 * 1024}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, f"{'wss' if _https else 'ws'}://{_public.netloc}"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# ── Rooms ────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "timetracker.live",  # its `serve` and the rooms' commands come before others of the same name
    "timetracker.events",
    "timetracker.web",
    "timetracker.metrics",
    "timetracker.backups",
    "accounts",
    "tracking",
    "analytics",
    "notifications",
    "workflows",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "timetracker.web.apps.StaticFiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "template_partials",
    "timetracker.web.apps.Flags",
]
MIDDLEWARE = [
    "timetracker.metrics.middleware.RequestTimes",
    "timetracker.web.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "timetracker.web.middleware.CompressPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "timetracker.web.middleware.HostMiddleware",
    "accounts.middleware.FirstRunMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "timetracker.web.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
ROOT_URLCONF = "timetracker.urls"
WSGI_APPLICATION = "timetracker.wsgi.application"
ASGI_APPLICATION = "timetracker.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.organisation",
                "tracking.context_processors.shell",
            ],
            "builtins": ["timetracker.web.templatetags.web"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Database, cache, sockets, deliveries: one machine or many ────────────────
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.redis("REDIS_URL")

_database = env.database("DATABASE_URL") or {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "db.sqlite3",
}
DATABASES = {"default": _database}
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE queues writers; the deferred default fails at once with "database is locked".
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    _database["CONN_MAX_AGE"] = 600
    # A file, so that servers started by tests and threads see the same database.
    _database["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
else:
    _database["OPTIONS"] = {
        # A restart of the server is waited for, and what takes longer is said before people give up.
        "pool": {"min_size": 1, "max_size": env.whole("DATABASE_POOL", default=8, least=1), "timeout": 10},
        # Compiling a query takes 300 ms where a right is looked up for each of some thousand rows; running it, 40.
        "options": "-c jit=off",
        **_database.get("OPTIONS", {}),  # what the address itself asks for, such as ?sslmode=require
    }
    _database["CONN_MAX_AGE"] = 0  # what Django asks for beside a pool
    _database["CONN_HEALTH_CHECKS"] = True  # or after a restart of the server each kept connection fails somebody

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "timetracker.web.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2},
        }
    }
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "timetracker.live.redis_layer.ReturningLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    }
    EVENTS_DISPATCH = "celery"
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "timetracker.live.layers.LoopSafeInMemoryChannelLayer"}}
    EVENTS_DISPATCH = "thread"

EVENTS_KEEP_DAYS = env.whole("EVENTS_KEEP_DAYS", default=1095)
RULE_HISTORY_KEEP_DAYS = env.whole("RULE_HISTORY_KEEP_DAYS", default=365)
CELERY_BROKER_URL = REDIS_URL or None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# With the above: a worker keeps no messages back that would be lost with it, until the sweep sends them again.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 0.2}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "due-jobs": {"task": "timetracker.events.tasks.run_due_jobs", "schedule": crontab(minute="*")},
    "left": {"task": "timetracker.events.tasks.wake_for_left", "schedule": 10.0},
}

# Touched by a worker and by the beat while they live; for health checks.
ALIVE_FILE = env.str("ALIVE_FILE", default="")

# ── Backups (docs/backup.md) ──────────────────────────────────────────────────
BACKUP_DIR = Path(env.str("BACKUP_DIR", default=str(DATA_DIR / "backups")))
# One process that does everything has one disk, which is there in the morning; a container's may not be.
BACKUP_AT = env.time_of_day("BACKUP_AT", default="off" if REDIS_URL or DEBUG else "03:00")
BACKUP_KEEP_DAILY = env.whole("BACKUP_KEEP_DAILY", default=7)
BACKUP_KEEP_WEEKLY = env.whole("BACKUP_KEEP_WEEKLY", default=4)
BACKUP_KEEP_MONTHLY = env.whole("BACKUP_KEEP_MONTHLY", default=12)
BACKUP_BEFORE_UPGRADE = env.switch("BACKUP_BEFORE_UPGRADE", default=True)

# ── People ───────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.SignInBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "tracking:start"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation; the address is the one they were invited at
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    # An office comes from one address, and at nine in the morning all of it signs in.
    "login": "120/m/ip",
    "login_failed": "30/5m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "mute_link": "60/m/ip",  # one click there comes from a provider's machine, for many people
}
ACCOUNT_USER_DISPLAY = "accounts.models.display_name"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.SignInForm",
    "reauthenticate": "accounts.sign_in_forms.ReauthenticateForm",
    "change_password": "accounts.sign_in_forms.ChangePasswordForm",
    "set_password": "accounts.sign_in_forms.SetPasswordForm",
    "reset_password": "accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.sign_in_forms.ResetPasswordKeyForm",
}
MFA_FORMS = {
    "authenticate": "accounts.sign_in_forms.CodeForm",
    "reauthenticate": "accounts.sign_in_forms.CodeAgainForm",
    "activate_totp": "accounts.sign_in_forms.ActivateTotpForm",
    "add_webauthn": "accounts.sign_in_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.sign_in_forms.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _local and not _https
MFA_TOTP_ISSUER = "Timetracker"

# ── What is switched on for everybody (timetracker/web/flags.py) ─────────────
FLAGS = {name.removeprefix("FLAG_").lower(): value for name, value in os.environ.items() if name.startswith("FLAG_")}
FLAGS_STRICT = DEBUG  # a flag that nobody knows is a fault; otherwise it is off, and logged
WAFFLE_ENABLE_ADMIN_PAGES = False  # only its switches are used, and accounts/admin.py shows them

# ── Words, numbers, time ─────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["timetracker.formats"]
TIME_ZONE = "UTC"
USE_TZ = True

# ── Static files: built by `npm run build`, compressed and named by content ──
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STATIC_ROOT = env.str("STATIC_ROOT", default=str(DATA_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_USE_FINDERS = DEBUG
# Compressing takes the longest of all set-up steps: neither twice, nor what only a debugger reads.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# ── The API ──────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "accounts.api.authentication.TokenScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["timetracker.web.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "timetracker.web.cursor.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["timetracker.web.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "timetracker.web.problems.problem_response",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_MODEL": "accounts.ApiToken", "AUTH_HEADER_PREFIX": "Token"}
# Its own table would stand beside ours, unused, and refer to people: PostgreSQL then refuses to empty theirs.
MIGRATION_MODULES = {"knox": None}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - the name of a model
SPECTACULAR_SETTINGS = {
    "TITLE": "Timetracker API",
    "VERSION": "1",
    "DESCRIPTION": "Track time, manage clients, projects, tasks and tags. The same services as the pages.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"PriorityEnum": "tracking.choices.Priority"},  # of two fields
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "timetracker.api.answers_are_whole",
        "timetracker.web.problems.document_problems",
    ],
}

# ── Mail, outgoing requests ──────────────────────────────────────────────────
vars().update(env.email("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"timetracker@{_public.hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Push services know us by this key; without one it is made on first use and kept beside the data.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
# Where they reach whoever runs this instance.
VAPID_SUBJECT = env.str("VAPID_SUBJECT", default=PUBLIC_URL if _https else f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
OUTBOUND_ALLOWED_NETWORKS = env.networks("OUTBOUND_ALLOWED_NETWORKS")
# Usage figures go nowhere without a key, and without an administrator who agreed (docs/telemetry.md).
POSTHOG_API_KEY = env.str("POSTHOG_API_KEY", default="")
# Never left empty: the library would take another host for it.
POSTHOG_HOST = env.str("POSTHOG_HOST", default="").rstrip("/") or "https://eu.i.posthog.com"
TELEMETRY_STRICT = DEBUG  # what is not declared is an error, where a programmer sees it

# ── Metrics and logs ─────────────────────────────────────────────────────────
# Without a token, /metrics answers this machine only.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Where processes that serve no pages show theirs: worker, beat and the server of sockets.
METRICS_PORT = env.whole("METRICS_PORT", default=0, most=LARGEST_PORT)
METRICS_BIND = env.str("METRICS_BIND", default="127.0.0.1")
# Several processes of one machine write their figures there, and each scrape adds them up.
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
if PROMETHEUS_MULTIPROC_DIR:
    Path(PROMETHEUS_MULTIPROC_DIR).mkdir(parents=True, exist_ok=True)
else:
    env.ENVIRON.pop("PROMETHEUS_MULTIPROC_DIR", None)  # the client would take an empty name for this folder
LOG_LEVEL = env.log_level("LOG_LEVEL", default="INFO")
LOGGING_CONFIG = "timetracker.web.logging.configure"
LOGGING = {"level": LOG_LEVEL, "json": not DEBUG}
