"""What somebody gets who takes the machines: database, Redis, logs, folders. Names of places to bytes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import redis
from django.db import connection

Places = dict[str, bytes]


def database() -> Places:
    """The files of SQLite with everything not yet checkpointed, or a whole pg_dump."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        file = Path(at["NAME"])
        return {part.name: part.read_bytes() for part in file.parent.glob(f"{file.name}*")}
    address = ["--host", at["HOST"], "--port", str(at["PORT"]), "--username", at["USER"], str(at["NAME"])]
    secret = {"PGPASSWORD": at["PASSWORD"]}
    done = subprocess.run(["pg_dump", *address], env=os.environ | secret, capture_output=True, check=True)
    return {"pg_dump": done.stdout}


def broker(client: redis.Redis, moment: str) -> Places:
    """Every key of Redis with its value, waiting messages included."""
    keys = [key for key in client.keys("*") if isinstance(key, bytes)]
    return {
        f"redis {moment} {key.decode(errors='replace')}": key + b"\n" + _value(client, key) for key in keys
    }


def _value(client: redis.Redis, key: bytes) -> bytes:
    readers: dict[bytes | str, Any] = {
        b"none": list,  # a worker took it between two looks
        b"string": lambda: [client.get(key) or b""],
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1),
        b"hash": lambda: [part for pair in client.hgetall(key).items() for part in pair],
    }
    return b"\n".join(readers[client.type(key)]())


def folder(path: Path, *, but: tuple[str, ...] = ()) -> Places:
    """Every file below a folder, without these names at its top."""
    return {
        f"{path.name}/{file.relative_to(path)}": file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.relative_to(path).parts[0] not in but
    }
