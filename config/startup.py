"""The start of every process: protects its memory, checks its settings, then sets Django up.

Called at a place where an error stops the whole process: in gunicorn's master before it forks, because
gunicorn would start a worker that ended again and again; and in Celery before anything connects.
"""

from __future__ import annotations

import os
import sys

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import memory, startup_checks
from config.env import Misconfigured


def begin() -> None:
    """Ends the process with one line when something is refused. Calling it again changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        if settings.ROLE != "console":
            memory.protect()
        startup_checks.check(settings)
        if not apps.ready:
            django.setup()
    except (Misconfigured, ImproperlyConfigured) as problem:
        sys.exit(f"baken: {problem}")
