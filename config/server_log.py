"""gunicorn's log without visitors: no address, no request line, no text of an exception."""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.glogging import Logger

from config.logs import PlainFormatter


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's logger, with our format and without what a visitor sent.

    gunicorn 27 writes "Invalid request from ip=…: <what was sent>" as a warning and
    "Error handling request GET /path" with a traceback; here both are logged without these parts.
    """

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(PlainFormatter())

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if "ip=" in msg:
            msg, args = "refused a request that is not valid HTTP", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: Any, **kwargs: Any) -> None:
        del msg, args
        super().exception("error outside the application", **kwargs)

    def access(self, *_: Any) -> None:
        """Nothing: there is no access log."""


logging.getLogger("gunicorn.access").disabled = True
