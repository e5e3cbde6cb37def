"""The processes of the trial, in the order in which they start."""

from __future__ import annotations

import sys

from config.trial import broker
from config.trial.child import Child
from config.trial.environment import Trial

_PYTHON = [sys.executable, "-P", "-m"]


def processes(trial: Trial) -> list[Child]:
    """Redis, worker, the two sites and beat, each with the environment of its role only.

    Raises Misconfigured when there is no Redis server on this machine.
    """
    return [
        Child("redis", broker.command(trial.redis_socket), _for_redis(trial), hide=broker.CHATTER),
        Child("worker", celery("worker", "-Q", "triage,mail", "--concurrency", "1", "--without-gossip",
                               "--without-mingle", "--hostname", "worker@trial"),
              trial.environment("worker"), grace=30),
        Child("public", gunicorn(), _site(trial, "public", trial.public_port)),
        Child("staff", gunicorn(), _site(trial, "staff", trial.staff_port)),
        Child("beat", celery("beat"), trial.environment("beat")),
    ]  # fmt: skip


def gunicorn() -> list[str]:
    return [*_PYTHON, "gunicorn", "--config", "python:config.gunicorn", "config.wsgi:application"]


def celery(*arguments: str) -> list[str]:
    return [*_PYTHON, "celery", "--app", "config.celery", "--quiet", *arguments]


def _site(trial: Trial, role: str, port: int) -> dict[str, str]:
    return trial.environment(role) | {"BAKEN_BIND": f"127.0.0.1:{port}", "BAKEN_WEB_WORKERS": "1"}


def _for_redis(trial: Trial) -> dict[str, str]:
    """No setting of Baken: a broker needs none."""
    everything = trial.environment("console")
    return {name: value for name, value in everything.items() if not name.startswith(("BAKEN_", "DJANGO_"))}
