"""clamd for tests: the real one with a signature of our own, offline; and one that speaks its protocol."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.services import eventually, running

MARK = b"Baken test signature, harmless: 7f3a9c"  # not the EICAR line: a developer's scanner would report it


@contextmanager
def real_clamd(folder: Path) -> Iterator[str]:
    """Starts the machine's clamd with one signature, for MARK; yields the value for settings.CLAMD."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    assert program, "ask `has_clamd` first"
    socket_path = folder / "clamd.sock"
    (folder / "signatures").mkdir()
    (folder / "signatures" / "baken.ndb").write_text(f"Baken.Test:0:*:{MARK.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}/signatures\nLocalSocket {socket_path}\nForeground yes\n"
        f"TemporaryDirectory {folder}\nOfficialDatabaseOnly no\n"
    )
    with running([program, "--config-file", str(folder / "clamd.conf")], stdout=-3, stderr=-3) as process:

        def answers() -> bool:
            assert process.poll() is None, "clamd ended at once"
            with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
                client.connect(str(socket_path))
                client.sendall(b"zPING\0")
                return client.recv(10) == b"PONG\0"
            return False

        eventually(answers, what="the start of clamd")
        yield f"unix:{socket_path}"


def has_clamd() -> bool:
    """True where clamd is installed."""
    return shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") is not None


@contextmanager
def speaking(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A server that reads INSTREAM as clamd(8) describes it and answers what `answer` makes of the file."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _address = server.accept()
                with client, suppress(OSError), client.makefile("rb") as stream:
                    assert stream.read(10) == b"zINSTREAM\0"
                    content = b""
                    while length := int.from_bytes(stream.read(4), "big"):
                        content += stream.read(length)
                    client.sendall(answer(content))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp:127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
