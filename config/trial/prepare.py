"""What must be there before the first process starts. Safe to run again; the second time is quick.

Prints one JSON line on standard output for config.trial.start; everything else goes to standard error.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from django.core.management import CommandError, call_command

from config.env import Misconfigured
from config.translations import compile_all


def prepare() -> str:
    """Migrates, compiles, makes the keys, loads the demo; returns the demo logins as text."""
    compile_all()

    import django
    from django.apps import apps

    django.setup()
    quiet = {"verbosity": 0, "interactive": False}
    call_command("migrate", **quiet)
    call_command("collectstatic", **quiet)
    if not apps.get_model("reports", "Key").objects.exists():
        call_command("vault_init", development=True, verbosity=0)
    logins = io.StringIO()
    call_command("load_demo", stdout=logins, verbosity=0)
    return logins.getvalue()


if __name__ == "__main__":
    try:
        with contextlib.redirect_stdout(sys.stderr):
            printed = prepare()
    except (Misconfigured, CommandError) as problem:
        sys.exit(f"baken: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
    print(json.dumps({"logins": printed}))
