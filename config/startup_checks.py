"""The faults with which no process starts outside the trial (docs/decisions.md 22): each is one line.

The bundles of the processes are checked where they are read (reports/apps.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.env import Misconfigured

SITES = {"public", "staff"}
ON_THE_BROKER = {"worker", "beat", "mail"}
KEY_LENGTH, KEY_VARIETY = 50, 8  # characters; what deploy/make-secrets writes has 64, of 16 kinds
_DEFAULT = re.compile("insecure|change.?me|example|default|only-for|secret.?key|password", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)


def check(settings: Any) -> None:
    """Raises Misconfigured with the first reason not to start; the console and the trial may do with less."""
    if settings.TRIAL or settings.ROLE == "console":
        return
    for reason in _reasons(settings):
        raise Misconfigured(reason)


def check_keys(files: Iterable[Path]) -> None:
    """Raises Misconfigured when a secret key is weak, or two processes have the same one.

    One key for two processes would let one of them forge what the other signed.
    """
    seen: dict[str, Path] = {}
    for file in sorted(files):
        try:
            key = file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"{file} cannot be read: {error.strerror}") from error
        if weak := _weakness(key):
            raise Misconfigured(f"The secret key in {file} {weak}")
        if key in seen:
            raise Misconfigured(f"{seen[key].name} and {file.name} are the same: each process needs its own.")
        seen[key] = file


def _reasons(settings: Any) -> Iterator[str]:
    if settings.DEBUG:
        yield "DEBUG is on: a page about an error would show a report's words. It is never needed."
    if weak := _weakness(settings.SECRET_KEY):
        yield f"BAKEN_SECRET_KEY {weak}"
    if settings.ROLE in SITES:
        yield from _hosts(settings.ALLOWED_HOSTS)
    if settings.ROLE != "beat":
        yield from _address("BAKEN_PUBLIC_URL", settings.PUBLIC_URL)
        yield from _address("BAKEN_STAFF_URL", settings.STAFF_URL)
        yield from _database(settings)
    if settings.ROLE in ON_THE_BROKER and not settings.CELERY_BROKER_URL:
        yield "BAKEN_REDIS_URL must be set: without it no task comes or goes."


def _weakness(key: str) -> str:
    """The fault of a secret key, in words that follow its name; the key is never quoted."""
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_VARIETY:
        return f"is too short or simple: use {KEY_LENGTH} or more random characters (deploy/make-secrets)."
    if _DEFAULT.search(key):
        return "looks like an example: every installation makes its own (deploy/make-secrets)."
    return ""


def _hosts(hosts: list[str]) -> Iterator[str]:
    if not hosts:
        yield "BAKEN_ALLOWED_HOSTS must name the host of this site."
    for host in hosts:
        if not _HOST.fullmatch(host):  # also "*" and ".example.org", Django's wildcards
            yield f"BAKEN_ALLOWED_HOSTS must name hosts in full, without wildcards, not {host!r}."


def _address(name: str, url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        yield f"{name} must be an https:// address, not {url!r}."


def _database(settings: Any) -> Iterator[str]:
    database = settings.DATABASES["default"]
    wanted = f"baken_{settings.ROLE}"
    if database["ENGINE"].endswith("postgresql") and database["USER"] != wanted:
        yield f"BAKEN_DB_USER must be {wanted}: no process works with another one's rights, or the owner's."
