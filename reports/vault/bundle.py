"""Bundles: the secrets one process holds, one folder a process, read once at start.

`$BAKEN_VAULT_DIR/<process>/bundle.json`; in production each folder is a volume
of its own, so that no process sees another's (docs/security.md). Binary values
are base64. Pins are the kids of every epoch-0 key: a key planted in the
database does not descend from a pin and is refused (reports/vault/keys.py).
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from reports.sealing.core import KEY_SIZE, Broken, Cost, KeyPair

PROCESSES = ("public", "worker", "staff", "mail", "recovery")


class BundleRefused(Exception):
    """A bundle is missing, unsafe or unreadable; the message tells the operator what to do."""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What every process holds: the pins, role -> kid of epoch 0, and whether this is the trial's."""

    pins: Mapping[str, str]
    development: bool


@dataclass(frozen=True, kw_only=True)
class Public(Bundle):
    """The public site: no key that opens a report, only salts and secrets of its own forms."""

    site_salt: bytes = field(repr=False)
    form_secret: bytes = field(repr=False)
    cookie_secret: bytes = field(repr=False)
    code_costs: tuple[Cost, ...]


@dataclass(frozen=True, kw_only=True)
class Worker(Bundle):
    """The triage worker: opens what has not been triaged yet."""

    intake: tuple[KeyPair, ...] = field(repr=False)
    index_key: bytes = field(repr=False)
    index_epoch: int  # counted up when the index key is replaced; a bundle without it is of the first


@dataclass(frozen=True, kw_only=True)
class Staff(Bundle):
    """The staff site: no secret; officers bring their keys when they log in."""


@dataclass(frozen=True, kw_only=True)
class Mail(Bundle):
    """The mail worker: opens sealed counts, never a report."""

    summary: tuple[KeyPair, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Recovery(Bundle):
    """The recovery sheet in file form: opens every queue key. Printed, then deleted; the trial keeps it."""

    pair: KeyPair = field(repr=False)


@cache
def public() -> Public:
    """The public site's bundle; raises BundleRefused."""
    with _reading("public") as content:
        return Public(
            **_common(content),
            site_salt=_secret(content["site_salt"]),
            form_secret=_secret(content["form_secret"]),
            cookie_secret=_secret(content["cookie_secret"]),
            code_costs=tuple(Cost(**cost) for cost in content["code_costs"]),
        )


def worker() -> Worker:
    """The triage worker's bundle; raises BundleRefused.

    Read again when its file was replaced: another process of the worker may have made the next intake key,
    and reports are wrapped to it from that moment.
    """
    return _worker(_version_of("worker"))


@lru_cache(maxsize=1)
def _worker(_version: tuple[int, int]) -> Worker:
    with _reading("worker") as content:
        return Worker(
            **_common(content),
            intake=_pairs(content["intake"]),
            index_key=_secret(content["index_key"]),
            index_epoch=int(content.get("index_epoch", 0)),
        )


@cache
def staff() -> Staff:
    """The staff site's bundle; raises BundleRefused."""
    with _reading("staff") as content:
        return Staff(**_common(content))


@cache
def mail() -> Mail:
    """The mail worker's bundle; raises BundleRefused."""
    with _reading("mail") as content:
        return Mail(**_common(content), summary=_pairs(content["summary"]))


def recovery() -> Recovery:
    """The recovery bundle, for commands at the console; never kept in memory; raises BundleRefused."""
    with _reading("recovery") as content:
        return Recovery(**_common(content), pair=KeyPair(_secret(content["seed"])))


def forget() -> None:
    """Drops what was read, after `vault_init` or a rotation wrote new files."""
    for reader in (public, _worker, staff, mail):
        reader.cache_clear()


@contextmanager
def changing_intake() -> Iterator[Callable[[Iterable[KeyPair]], None]]:
    """Holds the worker's folder for one process at a time; gives the function that keeps new intake keys."""
    folder = Path(settings.VAULT_DIR) / "worker"

    def keep(pairs: Iterable[KeyPair]) -> None:
        with _reading("worker") as content:
            write("worker", {**content, "intake": [encode(pair.seed) for pair in pairs]})
        forget()

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield keep
    finally:
        os.close(handle)


def write(process: str, content: Mapping[str, Any]) -> Path:
    """Writes one process's bundle, readable by its owner only, in one atomic step."""
    folder = Path(settings.VAULT_DIR) / process
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "bundle.json"
    fresh = folder / "bundle.json.new"
    fresh.unlink(missing_ok=True)  # left by a crash, perhaps with other permissions
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    for place in (folder, folder.parent):  # the new names too must survive a power cut: these keys exist once
        _fsync(place)
    return path


def _version_of(process: str) -> tuple[int, int]:
    try:
        status = (Path(settings.VAULT_DIR) / process / "bundle.json").stat()
    except OSError:
        return (0, 0)  # reading it says what is wrong
    return (status.st_ino, status.st_mtime_ns)


def _fsync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def encode(value: bytes) -> str:
    """Bytes as a bundle writes them."""
    return b64encode(value).decode()


@contextmanager
def _reading(process: str) -> Iterator[dict[str, Any]]:
    path = Path(settings.VAULT_DIR) / process / "bundle.json"
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = json.load(file)
    except FileNotFoundError as error:
        raise BundleRefused(
            f"No bundle at {path}: run manage.py vault_init once, or mount its volume."
        ) from error
    except (OSError, ValueError) as error:
        raise BundleRefused(f"The bundle at {path} cannot be read.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BundleRefused(
            f"Others can read {path}: chmod 600 it, and replace its keys if somebody may have."
        )
    try:
        if content["development"] is not False and not settings.TRIAL:
            raise BundleRefused(
                f"The bundle at {path} is a development one: make real keys with manage.py vault_init."
            )
        yield content
    except (KeyError, TypeError, ValueError, AttributeError, Broken):
        # from None: the text of the error may quote a secret.
        raise BundleRefused(f"The bundle at {path} is damaged: restore it from its backup.") from None


def _common(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"pins": dict(content["pins"]), "development": bool(content["development"])}


def _secret(value: str) -> bytes:
    secret = b64decode(value, validate=True)
    if len(secret) != KEY_SIZE:
        raise ValueError("not a key")
    return secret


def _pairs(seeds: list[str]) -> tuple[KeyPair, ...]:
    return tuple(KeyPair(_secret(seed)) for seed in seeds)
