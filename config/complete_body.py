"""A request whose body ends early is an error, not a short request.

When the visitor's connection breaks, gunicorn gives the part that came as if it were the whole body. A report
would be stored with half of its words or without its files, and the visitor could not read the receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class CompleteBody:
    """Wraps a request body of `length` bytes; raises ConnectionResetError if it is shorter."""

    def __init__(self, body: Any, length: int) -> None:
        self._body, self._left = body, length

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        parts: list[bytes] = []
        while wanted > 0:
            part: bytes = self._body.read(wanted)
            if not part:
                raise ConnectionResetError("the body ended early")
            parts.append(part)
            wanted -= len(part)
            self._left -= len(part)
        return b"".join(parts)

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._body.readline(size)
        self._left -= len(line)
        return line


def required(application: Application) -> Application:
    """The WSGI application, reading whole bodies only."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal():
            environ["wsgi.input"] = CompleteBody(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return guarded
