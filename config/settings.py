"""The one settings file. Read from the environment (config/env.py); every default is safe.

Tables that no environment changes have their own files: contacts, content_policy, logs, schedule, sites.
BAKEN_ROLE says which process this is: public, staff, worker, beat, mail or console (default).
docs/operate.md lists every setting.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from config import contacts, content_policy, env, logs, schedule, sites

BASE_DIR = Path(__file__).resolve().parent.parent

ROLES = ("public", "staff", "worker", "beat", "mail", "console")
ROLE = env.text("BAKEN_ROLE", "console")
if ROLE not in ROLES:
    raise env.Misconfigured(f"BAKEN_ROLE must be one of {', '.join(ROLES)}, not {ROLE!r}.")

# The trial on one's own machine, set by ./run and nothing else (docs/operate.md).
TRIAL = env.flag("BAKEN_TRIAL")
DEBUG = False  # never needed: a debug page would show a report's words

DATA_DIR = Path(env.text("BAKEN_DATA_DIR", str(BASE_DIR / "var")))
VAULT_DIR = Path(env.text("BAKEN_VAULT_DIR", str(DATA_DIR / "vault")))
SECRET_KEY = env.text("BAKEN_SECRET_KEY")

ALLOWED_HOSTS = env.words("BAKEN_ALLOWED_HOSTS", "127.0.0.1,localhost" if TRIAL else "")
PUBLIC_URL = env.text("BAKEN_PUBLIC_URL", "http://127.0.0.1:8000" if TRIAL else "")
STAFF_URL = env.text("BAKEN_STAFF_URL", "http://127.0.0.1:8001" if TRIAL else "")
if TRIAL and not {"127.0.0.1", "localhost", "[::1]"}.issuperset(ALLOWED_HOSTS):
    raise env.Misconfigured("With BAKEN_TRIAL=1 only 127.0.0.1 and localhost are in BAKEN_ALLOWED_HOSTS.")

# --- Applications -------------------------------------------------------------

INSTALLED_APPS = [
    "triage.apps.Triage",  # before the admin, whose templates it extends
    *([] if ROLE == "public" else ["triage.apps.StaffAdmin"]),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "crispy_forms",
    "portal.apps.Portal",
    "reports.apps.Reports",
]

MIDDLEWARE_PUBLIC, MIDDLEWARE_STAFF = sites.MIDDLEWARE_PUBLIC, sites.MIDDLEWARE_STAFF
MIDDLEWARE = MIDDLEWARE_PUBLIC if ROLE == "public" else MIDDLEWARE_STAFF
ROOT_URLCONF = "config.urls.public" if ROLE == "public" else "config.urls.staff"
WSGI_APPLICATION = "config.wsgi.application"

CONTEXT_PROCESSORS_PUBLIC = sites.CONTEXT_PROCESSORS_PUBLIC
CONTEXT_PROCESSORS_STAFF = sites.CONTEXT_PROCESSORS_STAFF
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": CONTEXT_PROCESSORS_PUBLIC if ROLE == "public" else CONTEXT_PROCESSORS_STAFF
        },
    }
]
CRISPY_TEMPLATE_PACK = "baken"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("baken",)
CRISPY_FAIL_SILENTLY = False

# --- Database -------------------------------------------------------------------

if env.text("BAKEN_DB_HOST", ""):
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": env.text("BAKEN_DB_HOST"),
            "PORT": env.integer("BAKEN_DB_PORT", 5432),
            "NAME": env.text("BAKEN_DB_NAME", "baken"),
            "USER": env.text("BAKEN_DB_USER", f"baken_{ROLE}" if ROLE != "console" else "baken"),
            "PASSWORD": env.text("BAKEN_DB_PASSWORD", ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "baken.sqlite3",
            "OPTIONS": {
                # WAL + IMMEDIATE: no "database is locked" between the processes;
                # synchronous=FULL: an acknowledged report survives a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
            },
            "CONN_MAX_AGE": 600,
        }
    }
# For the console, which makes the roles; every process knows its own password only.
DATABASE_ROLE_PASSWORDS = (
    {
        "public": env.text("BAKEN_DB_PASSWORD_PUBLIC", ""),
        "staff": env.text("BAKEN_DB_PASSWORD_STAFF", ""),
        "worker": env.text("BAKEN_DB_PASSWORD_WORKER", ""),
        "mail": env.text("BAKEN_DB_PASSWORD_MAIL", ""),
    }
    if ROLE == "console"
    else {}
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Language and time ------------------------------------------------------------

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English"), ("be", "Беларуская"), ("ru", "Русский")]
if ROLE == "staff":
    LANGUAGES = LANGUAGES[:2]  # the staff side speaks Dutch and English
# English needs no catalogue: it is what the sources say (config/translations.py).
LOCALE_PATHS = [BASE_DIR / "config" / "locale" / catalogue for catalogue in ("public", "staff")]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# --- Passwords and sessions (staff side only) --------------------------------------

PASSWORD_HASHERS = ["triage.officers.unlock.SlotCostHasher"]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
STAFF_IDLE = timedelta(minutes=30)  # without a request, then an officer is signed out
OTP_TOTP_ISSUER = "Baken"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Ports share cookies, and a __Host- cookie needs https: the trial uses plain names.
_COOKIE = "baken_staff_" if TRIAL else "__Host-baken_staff_"
SESSION_COOKIE_NAME = f"{_COOKIE}session"
CSRF_COOKIE_NAME = f"{_COOKIE}csrf"
KEYRING_COOKIE_NAME = f"{_COOKIE}keyring"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TRIAL
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True

# --- What the browser may do ---------------------------------------------------------

SECURE_SSL_REDIRECT = not TRIAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if TRIAL else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not TRIAL
SECURE_HSTS_PRELOAD = not TRIAL
SECURE_CONTENT_TYPE_NOSNIFF = True
# no-referrer would make Chromium send "Origin: null" with our own forms.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSP_PUBLIC, CSP_STAFF = content_policy.PUBLIC, content_policy.STAFF
CONTENT_SECURITY_POLICY = CSP_PUBLIC if ROLE == "public" else CSP_STAFF

# --- What a visitor may send -----------------------------------------------------------

ACCOUNT_MAX_LENGTH = 20_000  # characters
REQUEST_MAX_SIZE = 1024 * 1024  # bytes of a whole request
DATA_UPLOAD_MAX_MEMORY_SIZE = (
    REQUEST_MAX_SIZE  # bytes of form fields; the same, so that one check refuses both
)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # parts; the ones too many are named to the reporter, see below
FILE_UPLOAD_HANDLERS_PUBLIC = sites.FILE_UPLOAD_HANDLERS_PUBLIC
FILE_UPLOAD_HANDLERS_STAFF = sites.FILE_UPLOAD_HANDLERS_STAFF
FILE_UPLOAD_HANDLERS = FILE_UPLOAD_HANDLERS_PUBLIC if ROLE == "public" else FILE_UPLOAD_HANDLERS_STAFF
FORM_KEY_MAX_AGE = timedelta(hours=12)
# Against floods (portal/flood.py); nothing is refused by count.
REPORTS_PER_MINUTE = env.integer("BAKEN_REPORTS_PER_MINUTE", 120)  # of one process; over it: the wait page
FLOOD_WAIT = 20  # seconds
AUTOMATED_BELOW = timedelta(seconds=4)  # between making a form and receiving it
# A neutral site; the one foreign address.
ONION_URL = env.text(
    "BAKEN_ONION_URL", ""
)  # "http://….onion": announced to Tor Browser, shown on the page of addresses
LEAVE_URL = env.text("BAKEN_LEAVE_URL", "https://www.buienradar.nl/")

# --- Evidence (docs/evidence.md) --------------------------------------------------------

# Sealed files, named by the item they belong to: shared by the two sites and the worker.
EVIDENCE_DIR = Path(env.text("BAKEN_EVIDENCE_DIR", str(DATA_DIR / "evidence")))
EVIDENCE_MAX_FILES = 10  # of one form
EVIDENCE_FILE_MAX_SIZE = 50 * 1024 * 1024  # bytes of one file
EVIDENCE_FILES_MAX_SIZE = 100 * 1024 * 1024  # bytes of all files of one form
# Up to here a request with files is read to its end and its words are kept, whatever is wrong with the files.
EVIDENCE_REQUEST_MAX_SIZE = 2 * 1024 * 1024 * 1024
EVIDENCE_MIN_FREE = env.integer("BAKEN_EVIDENCE_MIN_FREE_MB", 512) * 1024 * 1024  # left free for the words
EVIDENCE_ORPHAN_AGE = timedelta(hours=1)
# "unix:/path" or "tcp:host:port"; empty: files are not checked for malware and staff are told so.
CLAMD = env.text("BAKEN_CLAMD", "")
CLAMD_TEMP = env.text("BAKEN_CLAMD_TEMP", "")  # its TemporaryDirectory as the worker sees it: must be a tmpfs

# --- Static files ------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("BAKEN_STATIC_ROOT", str(DATA_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Celery --------------------------------------------------------------------------------

# The two sites never publish: they have no broker address and need none.
CELERY_BROKER_URL = env.text("BAKEN_REDIS_URL", "") if ROLE not in {"public", "staff"} else ""
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 100  # seconds; below the visibility timeout
CELERY_TASK_SOFT_TIME_LIMIT = 80
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Unset, Celery closes the connection after every task, whatever CONN_MAX_AGE says, and a new one costs
# PostgreSQL more than the triage does. config/celery.py asks before each task whether it is still sound and
# young enough; this bound, in tasks, only limits what a leak in a session could gather.
CELERY_DB_REUSE_MAX = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # somebody who reaches Redis must not be able to stop a worker
CELERY_TASK_DEFAULT_QUEUE = "triage"
CELERY_TASK_ROUTES = schedule.TASK_ROUTES
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
CELERY_BEAT_MAX_LOOP_INTERVAL = 2
CELERY_BEAT_SCHEDULE = schedule.BEAT_SCHEDULE

# --- Mail ---------------------------------------------------------------------------------

EMAIL_HOST = env.text("BAKEN_MAIL_HOST", "")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "config.mail_folder.EmailBackend"
)
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_PORT = env.integer("BAKEN_MAIL_PORT", 587)
EMAIL_HOST_USER = env.text("BAKEN_MAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("BAKEN_MAIL_PASSWORD", "")
EMAIL_USE_TLS = env.flag("BAKEN_MAIL_TLS", default=bool(EMAIL_HOST))
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = env.text("BAKEN_MAIL_FROM", "baken@localhost")

# --- When people read -----------------------------------------------------------------------

# Working days left per urgency; immediate is in service hours (docs/policy.md, Due times).
SERVICE_HOURS = (9, 17)  # Monday to Friday, Europe/Amsterdam, not on Dutch holidays
DUE_WORKING_DAYS = {"high": 0, "normal": 3, "low": 10}
DUE_SERVICE_HOURS = {"immediate": 1}

# --- Where a reporter finds help ----------------------------------------------------------------

# Call every number before the site opens, then set the day (2026-11-30):
# until then the page of contacts says that they were not checked.
CONTACTS_CHECKED_ON = env.text("BAKEN_CONTACTS_CHECKED_ON", "")
CONTACTS = contacts.CONTACTS
CONTROLLER = env.text(
    "BAKEN_CONTROLLER", ""
)  # the controller of the personal data (AVG 13); empty: not yet named

# --- Logs -----------------------------------------------------------------------------------

LOGGING = logs.LOGGING

# The public site has no session and refuses posts from other sites by Origin (portal/middleware.py).
SILENCED_SYSTEM_CHECKS = ["security.W003"] if ROLE == "public" else []
