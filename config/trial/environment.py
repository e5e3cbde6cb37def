"""The environment of the trial's processes: one for each role, and nothing else."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from config import env
from config.trial.folders import private, scratch, socket_folder

BASE_DIR = Path(__file__).resolve().parent.parent.parent

# Of the caller's environment only these are handed on; a BAKEN_ setting of a
# real installation that happens to be exported must not reach the trial.
_HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "PYTHONPATH", "VIRTUAL_ENV")

_WITH_REDIS = {"worker", "beat", "mail", "console"}


@dataclass(frozen=True)
class Trial:
    """One trial: its data folder and its two ports."""

    data: Path
    public_port: int = 8000
    staff_port: int = 8001

    @classmethod
    def here(cls) -> Trial:
        """The trial of this checkout, as the caller's environment changes it.

        Raises Misconfigured for a port that is not a number.
        """
        return cls(
            data=Path(env.text("BAKEN_DATA_DIR", str(BASE_DIR / "var"))).resolve(),
            public_port=env.integer("BAKEN_PUBLIC_PORT", 8000),
            staff_port=env.integer("BAKEN_STAFF_PORT", 8001),
        )

    @property
    def run(self) -> Path:
        """Folder of the locks and, where its path is short enough, the Redis socket."""
        return self.data / "run"

    @property
    def scratch(self) -> Path:
        """TMPDIR of every process while the trial runs."""
        return scratch(self.data)

    @property
    def redis_socket(self) -> Path:
        return socket_folder(self.data) / "redis.sock"

    @property
    def public_url(self) -> str:
        return f"http://127.0.0.1:{self.public_port}"

    @property
    def staff_url(self) -> str:
        return f"http://127.0.0.1:{self.staff_port}"

    def make_folders(self) -> None:
        """Makes the folders; raises Misconfigured when they cannot be made or are not ours."""
        for folder in (self.data, self.run, self.data / "mail", self.data / "secrets"):
            private(folder)

    def environment(self, role: str) -> dict[str, str]:
        """The whole environment of one process of that role."""
        own = {
            "BAKEN_TRIAL": "1",
            "BAKEN_ROLE": role,
            "BAKEN_DATA_DIR": str(self.data),
            "BAKEN_PUBLIC_URL": self.public_url,
            "BAKEN_STAFF_URL": self.staff_url,
            "BAKEN_SECRET_KEY": self._secret(role),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TMPDIR": str(self.scratch if self.scratch.is_dir() else self.scratch.parent),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",  # a container runs as root
            "TZ": "Europe/Amsterdam",  # as Django sets it, also for the lines of gunicorn's master
        }
        if role in _WITH_REDIS:
            own["BAKEN_REDIS_URL"] = f"redis+socket://{self.redis_socket}"
        handed_on = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
        handed_on.setdefault("PYTHONPATH", str(BASE_DIR))
        return handed_on | own

    def _secret(self, role: str) -> str:
        """A random secret key for each role of this checkout, made once."""
        file = self.data / "secrets" / role
        try:
            with open(file, "x", encoding="utf-8", opener=_only_ours) as new:
                new.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return file.read_text(encoding="utf-8")


def _only_ours(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
