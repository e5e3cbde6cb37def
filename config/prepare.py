"""Brings the database up to date and makes the keys the first time: `python -m config.prepare`.

The one-off `init` service of docker-compose.yml and ./run both use it. Safe to run again.
"""

from __future__ import annotations

import os
import sys

import django
from django.core.management import CommandError, call_command

from config.env import Misconfigured


def prepare(*, development_keys: bool) -> None:
    """Migrates; makes the vault when the database has no keys yet.

    Raises Misconfigured for a bad setting and CommandError for a step that fails.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.apps import apps

    call_command("migrate", verbosity=0, interactive=False)
    if not apps.get_model("reports", "Key").objects.exists():
        call_command("vault_init", development=development_keys)


if __name__ == "__main__":
    try:
        prepare(development_keys=False)
    except (Misconfigured, CommandError) as problem:
        sys.exit(f"baken: {problem}")
