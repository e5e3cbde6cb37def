"""What gunicorn writes: never an address, a browser, a request line or the text of an exception."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.healthcheck import site_answers
from config.settings import BASE_DIR
from tests.config.trials import Watched, free_ports, watched
from tests.services import PATIENCE, eventually

MARKS = ("127.0.0.1", "Netscape", "marked-words", "from-a-visitor")


@pytest.fixture
def site(
    tmp_path: Path, process_environment: Callable[[str], dict[str, str]]
) -> Iterator[tuple[int, Watched]]:
    (port,) = free_ports(1)
    settings = {"BAKEN_BIND": f"127.0.0.1:{port}", "BAKEN_WEB_WORKERS": "1"}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
    command += ["--chdir", str(BASE_DIR), "tests.config.failing_site:application"]
    with watched(command, tmp_path / "log", process_environment("public") | settings) as server:
        eventually(lambda: site_answers(port, "localhost"), what="an answer of gunicorn")
        yield port, server


def send(port: int, request: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode())
        return connection.recv(4096).decode()


def said_of_visitors(server: Watched) -> list[str]:
    """Its lines, without the one that names the address it listens on."""
    return [line for line in server.lines() if "Listening at" not in line]


def test_a_request_that_is_not_http_leaves_nothing_of_the_visitor(site: tuple[int, Watched]) -> None:
    port, server = site

    assert "400" in send(port, "from-a-visitor marked-words\n\n")
    assert "400" in send(port, "GET / HTTP/1.1\nHost: localhost\nUser-Agent: Netscape\nmarked-words\n\n")

    server.wait_for("refused a request that is not valid HTTP")
    assert not [mark for mark in MARKS if mark in "\n".join(said_of_visitors(server))]


def test_an_error_is_told_by_its_kind_and_place_only(site: tuple[int, Watched]) -> None:
    port, server = site

    answer = send(port, "GET /?marked-words HTTP/1.1\nHost: localhost\nUser-Agent: Netscape\n\n")

    assert "500" in answer
    server.wait_for("builtins.ValueError")
    server.wait_for("in application")
    assert not [mark for mark in MARKS if mark in "\n".join(said_of_visitors(server))]
