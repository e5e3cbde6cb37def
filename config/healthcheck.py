"""Health checks of the containers: `python -m config.healthcheck` ends with 0 when this role is well.

A site is asked over HTTP. The worker and beat answer no requests: they touch the file that
BAKEN_HEARTBEAT names whenever they reached the broker, and it must be fresh.
"""

from __future__ import annotations

import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from celery.signals import after_task_publish, heartbeat_sent

from config import env

_FRESH = 60.0  # seconds; the worker beats every 2 s, beat publishes every 2 s


def watch() -> None:
    """Touches BAKEN_HEARTBEAT, when it is set, at each heartbeat of a worker and each task of beat."""
    if path := env.text("BAKEN_HEARTBEAT", ""):
        file = Path(path)

        def touch(**_: Any) -> None:
            file.touch(mode=0o600)

        signal = after_task_publish if env.text("BAKEN_ROLE", "console") == "beat" else heartbeat_sent
        signal.connect(touch, weak=False)


def file_is_fresh(file: Path) -> bool:
    """True when the file was touched within the last minute."""
    try:
        return time.time() - file.stat().st_mtime < _FRESH
    except FileNotFoundError:
        return False


def site_answers(port: int, host: str) -> bool:
    """True when the site on this machine answers 200 to /healthz under its own host name."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def is_well() -> bool:
    """Whether the process of this role, in this container, is well."""
    if path := env.text("BAKEN_HEARTBEAT", ""):
        return file_is_fresh(Path(path))
    _address, _, port = env.text("BAKEN_BIND").rpartition(":")
    return site_answers(int(port), env.words("BAKEN_ALLOWED_HOSTS", "127.0.0.1")[0])


if __name__ == "__main__":
    sys.exit(0 if is_well() else 1)
