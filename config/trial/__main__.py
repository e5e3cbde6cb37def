"""`python -m config.trial [test|manage|bench] …`; called by ./run, which made the environment."""

from __future__ import annotations

import os
import sys

from config.env import Misconfigured
from config.trial.environment import BASE_DIR, Trial

_OF_THE_TESTS = {"test": "tests", "bench": "tests.bench"}


def main(arguments: list[str]) -> int:
    """Runs one command and returns its exit code.

    What a person can put right (a port in use, a missing program, a bad setting)
    is said in one line, without a traceback.
    """
    os.umask(0o077)
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        if command == "manage":
            manage(rest)
        if command in _OF_THE_TESTS:
            os.chdir(BASE_DIR)
            os.execv(sys.executable, [sys.executable, "-m", _OF_THE_TESTS[command], *rest])
        from config.trial.start import start

        return start(Trial.here())
    except Misconfigured as problem:
        print(f"baken: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def manage(arguments: list[str]) -> None:
    """Becomes manage.py, in the environment that ./run gives its own processes."""
    trial = Trial.here()
    trial.make_folders()
    script = str(BASE_DIR / "manage.py")
    os.execve(sys.executable, [sys.executable, script, *arguments], trial.environment("console"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
