#!/usr/bin/env python
"""Django's command line. `./run manage COMMAND` sets up its environment first."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.env import Misconfigured

    try:
        execute_from_command_line(sys.argv)
    except Misconfigured as error:
        sys.exit(f"baken: {error}")
