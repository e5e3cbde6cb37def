#!/usr/bin/env python
"""Django's command line. `./run manage COMMAND` sets up its environment first."""

import os
import secrets
import sys

# Commands that read the policy and nothing else: no database, no keys, so no environment either.
KEYLESS = {"triage_cases", "triage_diff", "explain_policy"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if KEYLESS.intersection(sys.argv[1:2]):
        os.environ.setdefault("BAKEN_TRIAL", "1")
        os.environ.setdefault("BAKEN_SECRET_KEY", secrets.token_urlsafe(48))
    from django.core.management import execute_from_command_line

    from config import memory
    from config.env import Misconfigured

    memory.protect()
    try:
        execute_from_command_line(sys.argv)
    except Misconfigured as error:
        sys.exit(f"baken: {error}")
