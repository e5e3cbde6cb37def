"""Log lines for operators, without a report's words or a visitor's address."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any


class PlainFormatter(logging.Formatter):
    """Time, level, logger, message; of an exception only its type and its places in the code.

    The text of an exception is left out because it may quote the value that caused it:
    a database error shows the row, a decoding error the bytes.
    """

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", style="{", datefmt="%H:%M:%S")

    def formatException(  # noqa: N802 (the name is logging's)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | Any,
    ) -> str:
        kind, error, places = ei
        if kind is None or error is None:
            return ""
        frames = "".join(
            f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in traceback.extract_tb(places)
        )
        cause = error.__cause__ or error.__context__
        return f"{kind.__module__}.{kind.__qualname__}\n{frames}" + (
            f"  after {type(cause).__qualname__}" if cause else ""
        )


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "config.logs.PlainFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.worker.request": {"level": "WARNING"},  # every tick that came too late would have a line
        "celery.beat": {"level": "WARNING"},
    },
}
