"""Brings the database up to date: `python -m config.prepare`; with `--keys` makes the keys as well.

Migrations, then what each process may do in the database. The one-off services `init` and `keys` of
docker-compose.yml, CI and ./run use it. Safe to run again.
"""

from __future__ import annotations

import os
import sys
from glob import glob
from pathlib import Path

import django
from django.core.management import CommandError, call_command
from django.db import OperationalError

from config import database_roles, env, memory, startup_checks
from config.env import Misconfigured


def migrate() -> None:
    """Applies the migrations that are missing. Raises Misconfigured for a bad setting."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def has_keys() -> bool:
    """Whether the vault was made: without its keys nothing can be sealed."""
    from django.apps import apps

    return bool(apps.get_model("reports", "Key").objects.exists())


def main(arguments: list[str]) -> None:
    """Compares the processes' secret keys, migrates, sets the database roles; makes the keys when asked to.

    Without `--keys` it ends with an error while there are none: vault_init shows the recovery sheet once,
    so a person must be at the terminal. In the log of a service it would stay.
    """
    files = glob(env.text("BAKEN_COMPARE_KEYS", ""))  # noqa: PTH207 (Path.glob takes no pattern from the root)
    startup_checks.check_keys(Path(file) for file in files)
    migrate()
    sys.stdout.write(f"{database_roles.carry_out()}\n")
    if has_keys():
        return
    if arguments != ["--keys"]:
        raise Misconfigured("the database is ready, but there are no keys yet: docker compose run --rm keys")
    call_command("vault_init")


if __name__ == "__main__":
    memory.protect()
    try:
        main(sys.argv[1:])
    except (Misconfigured, CommandError) as problem:
        sys.exit(f"baken: {problem}")
    except OperationalError as problem:
        sys.exit(f"baken: the database refuses the login: {str(problem).strip()}")
