"""Reads typed settings from the environment.

Every reader takes NAME from the environment or, for secrets kept as files
(compose, systemd credentials), from the file that NAME_FILE points at.
"""

from __future__ import annotations

import os
from pathlib import Path


class Misconfigured(Exception):
    """A setting is missing or unusable; the message is one line for the operator."""


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or of the file named by NAME_FILE; `default` when neither is set."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"{name}_FILE={path} cannot be read: {error.strerror}") from error
    value = os.environ.get(name, default)
    if value is None:
        raise Misconfigured(f"{name} (or {name}_FILE) must be set; docs/operate.md lists all settings.")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off or empty; anything else is refused."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise Misconfigured(f"{name} must be 1 or 0, not {value!r}.")


def integer(name: str, default: int) -> int:
    """A whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise Misconfigured(f"{name} must be a whole number, not {value!r}.") from error


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without empty parts."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]
