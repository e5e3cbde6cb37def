"""Evidence on disk: one sealed file for each item, ciphertext only, named by the item's id.

The format is core's stream (64 KiB chunks). The true size is only inside the seal: what is
written is padded to whole chunks. The head (65 random bytes) is repeated in the item's sealed
manifest, so a blob put in the place of another is refused even before its first chunk.

The process that writes a blob holds a lock on it until it was kept or dropped, so that the sweep of orphans
never deletes the blob of a slow upload. A killed process loses its locks.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from reports.sealing import core

_SEALED_CHUNK = core.CHUNK + core.TAG
_READ = 4 * _SEALED_CHUNK


def path_of(item_id: UUID) -> Path:
    """The path of this item's blob."""
    return Path(settings.EVIDENCE_DIR) / str(item_id)


def size_on_disk(size: int) -> int:
    """The bytes that a file of this true size takes: whole chunks, at least one."""
    return core.HEAD + max(1, -(-size // core.CHUNK)) * _SEALED_CHUNK


def free_space() -> int:
    """Bytes left where blobs are kept. Raises OSError."""
    return os.statvfs(_folder()).f_bavail * os.statvfs(_folder()).f_frsize


class Writer:
    """Seals what it is fed straight into a new blob. Then finish(); keep() once a row names it, else drop().

    Raises OSError when the disk cannot store it, FileExistsError when the item has a blob already.
    """

    def __init__(self, item_id: UUID, key: bytes) -> None:
        self.item_id, self.size, self._digest = item_id, 0, hashlib.sha256()
        self._sealer = core.Sealer(key, _context(item_id))
        _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = open(path_of(item_id), "xb", buffering=0, opener=_only_ours)  # noqa: SIM115
        fcntl.flock(self._file, fcntl.LOCK_SH)
        self._write(self.head)

    @property
    def head(self) -> bytes:
        """The blob's first 65 bytes, for the manifest."""
        return self._sealer.head

    @property
    def sha256(self) -> str:
        """The hash of the plaintext, for the manifest.

        Stored nowhere else: with the hash one could prove that a known file was sent.
        """
        return self._digest.hexdigest()

    def feed(self, part: bytes) -> None:
        """The next part of the plaintext."""
        self._digest.update(part)
        self.size += len(part)
        self._write(self._sealer.feed(part))

    def finish(self) -> None:
        """Pads, seals the end and waits until it is on the disk; only then is the reporter told."""
        self._write(self._sealer.feed(bytes(-self.size % core.CHUNK or (0 if self.size else core.CHUNK))))
        self._write(self._sealer.finish())
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        os.utime(self._file.fileno(), (midnight, midnight))  # a file's time would show the hour of filing
        os.fsync(self._file.fileno())

    def keep(self) -> None:
        """A committed row names it now: releases the lock."""
        self._file.close()

    def drop(self) -> None:
        """Removes it, unless it was kept. May be called again."""
        if not self._file.closed:
            self._file.close()
            path_of(self.item_id).unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]


def make_durable() -> None:
    """Waits until the names of new blobs are on the disk too; call it before the rows are committed."""
    handle = os.open(_folder(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(item_id: UUID, key: bytes, *, head: bytes, size: int) -> Iterator[bytes]:
    """The plaintext of a blob, part by part, never all at once in memory.

    `head` and `size` come from the item's manifest. Raises core.Broken when the blob is missing, another
    one, altered or cut short; parts given before that are genuine, but only the end proves that it was all.
    """
    try:
        file = path_of(item_id).open("rb")
    except OSError as error:
        raise core.Broken("blob") from error
    with file:
        if file.read(core.HEAD) != head or os.fstat(file.fileno()).st_size != size_on_disk(size):
            raise core.Broken("blob")
        opener = core.Opener(key, _context(item_id), head)
        left = size
        while sealed := file.read(_READ):
            part = opener.feed(sealed)
            yield part[:left]
            left -= min(left, len(part))
        yield opener.finish()[:left]


def looks_whole(item_id: UUID, *, head: bytes, size: int) -> bool:
    """True when the blob is there, is this item's and has its length. Opens nothing: see read()."""
    try:
        with path_of(item_id).open("rb") as file:
            return file.read(core.HEAD) == head and os.fstat(file.fileno()).st_size == size_on_disk(size)
    except OSError:
        return False


def delete(item_ids: Iterable[UUID]) -> None:
    """Removes these blobs; those that are not there are no error. Keys are what makes them unreadable."""
    for item_id in item_ids:
        path_of(item_id).unlink(missing_ok=True)


def abandoned(age: timedelta) -> Iterator[UUID]:
    """Blobs that nobody writes and whose file is older than `age`; each is held while it is the current one.

    The age is that of the ctime, because mtime was set to midnight.
    """
    limit = timezone.now().timestamp() - age.total_seconds()
    for path in _folder().glob("*"):
        try:
            item_id = UUID(path.name)
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_ctime > limit:
                    continue
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield item_id
        except (ValueError, OSError):
            continue  # not ours, gone already, or somebody is writing it


def _only_ours(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _folder() -> Path:
    return Path(settings.EVIDENCE_DIR)


def _context(item_id: UUID) -> bytes:
    return b"file" + item_id.bytes
