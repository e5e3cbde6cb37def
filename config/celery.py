"""The Celery application: triage and mail workers, and beat."""

from __future__ import annotations

from logging.config import dictConfig
from typing import Any

from celery import Celery, Task
from celery.signals import setup_logging, task_prerun
from django.db import close_old_connections

from config import healthcheck, startup

startup.begin()
app = Celery("baken")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
healthcheck.watch()


@setup_logging.connect
def use_our_log_format(**_: Any) -> None:
    """Celery's own formatter would print exception texts and task arguments."""
    from django.conf import settings

    dictConfig(settings.LOGGING)


@task_prerun.connect
def keep_only_a_sound_connection(sender: Task[Any, Any], **_: Any) -> None:
    """Before each task, as Django does before each request: CONN_MAX_AGE and CONN_HEALTH_CHECKS apply.

    Without it a worker that keeps its connection (CELERY_DB_REUSE_MAX) fails task after task when
    PostgreSQL was restarted.
    """
    if not sender.request.is_eager:  # a task called within another process's transaction
        close_old_connections()
