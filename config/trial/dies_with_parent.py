"""Child processes that end when their parent does, however the parent ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def hook(with_signal: signal.Signals = signal.SIGTERM) -> Callable[[], None] | None:
    """A preexec_fn: the child gets `with_signal` when this process ends, kill -9 included.

    Linux only (None elsewhere). Start such children from the main thread: the kernel
    watches the thread that forked, not the process.
    """
    if _prctl is None:
        return None
    prctl, parent = _prctl, os.getpid()

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, with_signal.value)
        if os.getppid() != parent:  # it ended before the line above
            os._exit(1)

    return tie
