"""Folders that nobody else on the machine may read."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path

from config.env import Misconfigured

_MEMORY = Path("/dev/shm")  # noqa: S108 (a tmpfs: what is in it never reaches a disk)


def private(folder: Path) -> Path:
    """Makes `folder`, or checks that it is ours, and closes it to everybody else.

    Raises Misconfigured when it cannot be made or belongs to another user.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise Misconfigured(f"the folder {folder} cannot be made: {error.strerror}.") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise Misconfigured(f"{folder} is not a folder of this user; remove it.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)
    return folder


def scratch(data: Path) -> Path:
    """The name of a short-lived folder for this data folder, in memory where the machine has a tmpfs."""
    mark = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    place = _MEMORY if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) else Path("/tmp")  # noqa: S108
    return place / f"baken-{os.getuid()}-{mark}"


def socket_folder(data: Path) -> Path:
    """The folder for a socket: data/run, or the scratch folder when that path does not suit.

    A socket's path has at most 104 bytes (macOS; Linux 108), and a blank in it would
    have to survive several ways of reading a broker's address.
    """
    folder = data / "run"
    suits = re.fullmatch(r"[\w./-]+", str(folder), re.ASCII) and len(os.fsencode(folder)) <= 85
    return folder if suits else scratch(data)
