"""Prepares what the first process needs. Safe to run again; the second time is quick.

Prints one JSON line on standard output for config.trial.start; everything else goes to standard error.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from django.core.management import CommandError, call_command

from config.env import Misconfigured
from config.prepare import has_keys, migrate
from config.translations import compile_all


def prepare_trial() -> str:
    """Translations, database, keys, static files, demo; returns the demo logins as text."""
    compile_all()
    migrate()
    if not has_keys():
        call_command("vault_init", development=True, stdout=io.StringIO())
    call_command("collectstatic", verbosity=0, interactive=False)
    logins = io.StringIO()
    call_command("load_demo", stdout=logins)
    return logins.getvalue()


if __name__ == "__main__":
    try:
        with contextlib.redirect_stdout(sys.stderr):
            printed = prepare_trial()
    except (Misconfigured, CommandError) as problem:
        sys.exit(f"baken: {problem}")
    print(json.dumps({"logins": printed}))
