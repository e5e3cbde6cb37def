"""The worker's Celery application, made to stop at one place so that a test can kill it there.

HOLD_AT names a function: "triage.worker.report.assess" stops before it, "after triage.worker.report.do"
behind it.
The product itself has no such switch.
"""

from __future__ import annotations

import importlib
import os
import signal
from pathlib import Path
from typing import Any, NoReturn

import django

django.setup()

from config.celery import app  # noqa: E402

assert app.main == "baken"


def _hold() -> NoReturn:
    mark = Path(os.environ["HOLD_MARK"])
    half = mark.with_suffix(".half")
    half.write_text(str(os.getpid()))
    half.rename(mark)
    while True:
        signal.pause()


def _install(place: str) -> None:
    path, _, after = place.partition(" ")[::-1] if place.startswith("after ") else (place, "", "")
    module, _, name = path.rpartition(".")
    try:
        owner: Any = importlib.import_module(module)
    except ModuleNotFoundError:  # an attribute of something in a module
        outer, _, inner = module.rpartition(".")
        owner = getattr(importlib.import_module(outer), inner)
    honest = getattr(owner, name)

    def stop(*args: Any, **kwargs: Any) -> Any:
        if after:
            honest(*args, **kwargs)
        _hold()

    setattr(owner, name, stop)


_install(os.environ["HOLD_AT"])
