"""When beat starts each task, and which worker's queue a task goes to.

Intervals are in seconds, hours in Amsterdam's time.
A start that comes later than `expires` is dropped: the next one does its work.
"""

from __future__ import annotations

from celery.schedules import crontab

TASK_ROUTES = {"triage.mail.*": {"queue": "mail"}}

BEAT_SCHEDULE = {
    "sweep": {"task": "triage.sweep", "schedule": 2.0, "options": {"expires": 2.0}},
    "orphans": {"task": "triage.sweep_orphan_blobs", "schedule": 900.0, "options": {"expires": 900.0}},
    "alerts": {"task": "triage.mail.send_due_alerts", "schedule": 5.0, "options": {"expires": 5.0}},
    "summary": {"task": "triage.mail.send_due_summaries", "schedule": 600.0, "options": {"expires": 600.0}},
    # Daily: makes the next key once a week, and destroys old ones as soon as nothing needs them.
    "intake key": {
        "task": "triage.rotate_intake",
        "schedule": crontab(hour=3, minute=17),
        "options": {"expires": 3600.0},
    },
    "purge": {"task": "triage.purge", "schedule": crontab(hour=4, minute=10), "options": {"expires": 3600.0}},
}
