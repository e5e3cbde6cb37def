"""Middleware, context processors and upload handlers of each of the two sites, in the order of use."""

from __future__ import annotations

_EVERYWHERE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.never_store",
]
MIDDLEWARE_PUBLIC = [
    *_EVERYWHERE,
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "portal.middleware.speak_the_readers_language",
    "portal.middleware.announce_onion",
    "portal.middleware.refuse_too_large",
    "portal.middleware.refuse_foreign_posts",
    "portal.attachments.drop_what_was_not_kept",
    "django.middleware.common.CommonMiddleware",
]
MIDDLEWARE_STAFF = [
    *_EVERYWHERE,
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "triage.officers.idle_logout.sign_out_the_idle",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

_CONTEXT = ["django.template.context_processors.request", "django.template.context_processors.i18n"]
CONTEXT_PROCESSORS_PUBLIC = [*_CONTEXT, "portal.context_processors.of_the_page"]
CONTEXT_PROCESSORS_STAFF = [
    *_CONTEXT,
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]

# Django's own handlers write plaintext to disk. The staff site takes no files.
FILE_UPLOAD_HANDLERS_PUBLIC = ["reports.evidence.uploads.SealingUploadHandler"]
FILE_UPLOAD_HANDLERS_STAFF: list[str] = []
