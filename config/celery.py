"""The Celery application: triage and mail workers, and beat."""

from __future__ import annotations

from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from config import alive, start

start.begin()
app = Celery("baken")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
alive.watch()


@setup_logging.connect
def use_our_log_format(**_: Any) -> None:
    """Celery's own formatter would print exception texts and task arguments."""
    from django.conf import settings

    dictConfig(settings.LOGGING)
