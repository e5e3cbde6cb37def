"""The task that rotates the intake key; the worker holds the key, so the worker makes the next one."""

from __future__ import annotations

from celery import shared_task

from reports.vault import rotation


@shared_task(name="triage.rotate_intake")
def rotate_intake() -> None:
    """Makes the next intake key when the present one is a week old; every day destroys what nothing needs."""
    rotation.rotate_intake(not_before=rotation.WEEK)
