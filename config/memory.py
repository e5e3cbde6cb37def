"""Keeps the memory of a process off disks and from other processes: keys and opened words are in it."""

from __future__ import annotations

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def protect() -> None:
    """No core dump of this process, and no other one of the same user reads its memory or its environment.

    Its children get both, except that a child that starts another program is dumpable again. Linux only for
    the second. Raises OSError when the kernel refuses.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return
    # The limit alone is not enough: where dumps are piped to a program, the kernel does not look at it.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_DUMPABLE)")
