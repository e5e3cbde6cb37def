"""gunicorn for both sites: `gunicorn --config python:config.gunicorn config.wsgi:application`.

gthread: a slow upload holds one thread, not a process. WSGI only (config/wsgi.py).
"""

from __future__ import annotations

import os
from pathlib import Path

from config import env, startup

startup.begin()
_public = env.text("BAKEN_ROLE", "console") == "public"
_memory = "/dev/shm"  # noqa: S108 (a tmpfs: the heartbeat file causes no disk writes)

bind = env.text("BAKEN_BIND", "127.0.0.1:8000" if _public else "127.0.0.1:8001")
workers = env.integer("BAKEN_WEB_WORKERS", 2)
worker_class = "gthread"
threads = env.integer("BAKEN_WEB_THREADS", 16 if _public else 4)
worker_tmp_dir = _memory if Path(_memory).is_dir() and os.access(_memory, os.W_OK) else None
timeout = 60  # seconds without a heartbeat
graceful_timeout = 10
keepalive = 5
loglevel = "warning" if env.flag("BAKEN_TRIAL") else "info"
umask = 0o077

# No visitor's address or browser is written anywhere.
accesslog = None
logger_class = "config.server_log.ServerLog"

forwarded_allow_ips = ""  # no peer may set SCRIPT_NAME and the like by a header
control_socket_disable = True
