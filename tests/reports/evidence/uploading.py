"""The public site as a real process whose opened files are written down, and a slow visitor with a file."""

from __future__ import annotations

import http.client
import re
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.trial.environment import BASE_DIR
from tests.config.trials import free_ports
from tests.services import PATIENCE, eventually, run_python, running

MARK = b"onversleuteld-8d1f "

_WATCHED = """
import os, sys
log = os.open(os.environ["OPENED"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
def hook(event, args):
    if event == "open" and args[2] is not None and args[2] & (os.O_WRONLY | os.O_RDWR):
        os.write(log, (str(args[0]) + "\\n").encode())
    elif event.startswith("tempfile.") or event == "os.memfd_create":
        os.write(log, (event + " " + str(args[0]) + "\\n").encode())
sys.addaudithook(hook)
sys.argv = ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi:application"]
from gunicorn.app.wsgiapp import run
run()
"""


@dataclass(frozen=True)
class Site:
    """A running public site."""

    port: int
    pid: int
    temp: Path
    opened: Path  # every file it opened for writing

    def workers(self) -> list[int]:
        """The processes that answer."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def form_key(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", "/nl/report/")
        page = connection.getresponse().read().decode()
        connection.close()
        found = re.search(r'name="form_key" value="([^"]+)"', page)
        assert found, page[:300]
        return found[1]


@contextmanager
def public_site(env: Mapping[str, str], folder: Path) -> Iterator[Site]:
    """gunicorn as it is deployed, one worker, with a TMPDIR of its own."""
    temp, opened, [port] = folder / "tmp", folder / "opened", free_ports(1)
    temp.mkdir()
    own = {"BAKEN_BIND": f"127.0.0.1:{port}", "BAKEN_WEB_WORKERS": "1", "TMPDIR": str(temp)}
    command = [sys.executable, "-P", "-c", _WATCHED]
    environment = dict(env) | own | {"OPENED": str(opened), "PYTHONPATH": str(BASE_DIR)}
    environment["BAKEN_STATIC_ROOT"] = str(folder / "static")
    collected = run_python("manage.py", "collectstatic", "--no-input", "-v", "0", env=environment)
    assert collected.returncode == 0, collected.stderr
    with running(command, env=environment, cwd=BASE_DIR) as process:

        def answers() -> bool:
            assert process.poll() is None, "the site ended at once"
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        eventually(answers, what="the public site")
        yield Site(port, process.pid, temp, opened)


class Visitor:
    """Posts a report with one file, part by part, over a plain socket."""

    def __init__(self, site: Site, content: bytes, form_key: str | None = None, **more: str) -> None:
        answers = {
            "form_key": form_key or site.form_key(),
            "in_danger_now": "no",
            "feels_threatened": "no",
            "account": "woorden",
        } | more
        head = "--grens\r\nContent-Disposition: form-data; name="
        text = "".join(f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in answers.items())
        text += f'{head}"files"; filename="foto.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'
        self._body = text.encode() + content + b"\r\n--grens--\r\n"
        self._at = 0
        self._socket = socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)
        self._socket.sendall(
            f"POST /nl/report/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(self._body)}\r\n"
            "Content-Type: multipart/form-data; boundary=grens\r\nConnection: close\r\n\r\n".encode()
        )

    def send(self, size: int | None = None) -> None:
        """The next `size` bytes of the body, or all that is left."""
        end = len(self._body) if size is None else self._at + size
        self._socket.sendall(self._body[self._at : end])
        self._at = end

    def answer(self) -> str:
        """Status line, headers and page. The site ends the connection with it."""
        with self._socket, self._socket.makefile("rb") as stream:
            return stream.read().decode()

    def hang_up(self) -> None:
        self._socket.close()


def held_open(pids: list[int]) -> dict[str, bytes]:
    """The content of every ordinary file that these processes hold open, the deleted ones too."""
    found: dict[str, bytes] = {}
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            try:
                if handle.is_file():
                    found[f"{pid} {handle.readlink()}"] = handle.read_bytes()
            except OSError:
                continue  # closed meanwhile
    return found


def below(*folders: Path) -> dict[str, bytes]:
    """The content of every file below these folders."""
    found: dict[str, bytes] = {}
    for folder in folders:
        for file in folder.rglob("*"):
            try:
                if file.is_file():
                    found[str(file)] = file.read_bytes()
            except OSError:
                continue
    return found
