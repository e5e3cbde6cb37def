"""A WSGI application that fails with a visitor's words, for test_server_log.py."""

from __future__ import annotations

from typing import Any


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    if environ["PATH_INFO"] == "/healthz":
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    raise ValueError(f"cannot read {environ['QUERY_STRING']}")
