"""`./run test`: the suite on SQLite; with --all also on PostgreSQL, and then in Chromium.

Three passes, each a pytest of its own. Playwright's loop stays in its process until the end, and Django then
refuses every query of a later test (SynchronousOnlyOperation): so the browser tests come last and alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from config.env import Misconfigured
from config.trial import broker, dies_with_parent
from config.trial.environment import BASE_DIR
from tests.clamd import has_clamd
from tests.postgres import has_postgresql, temporary_cluster

_PARALLEL = ["-n", "2"]
_NOTHING_CHOSEN = 5  # pytest's exit code when no test was collected
_NO_FLOOR = "--cov-fail-under=0"


def run_tests(arguments: list[str]) -> int:
    """Runs pytest with the arguments and returns its exit code; its summary is the last line printed.

    Raises Misconfigured, naming the package, when a program that the tests need is missing.
    """
    everything = "--all" in arguments
    arguments = [argument for argument in arguments if argument != "--all"]
    broker.program()
    if not everything:
        return _pytest(["-m", "not browser and not postgresql"], arguments)

    _refuse_missing_programs()
    coverage = ["--cov", "--cov-branch", "--cov-report="]
    together = [*coverage, "--cov-append"]
    # A red pass ends the run, so that the last line never hides it. A pass that the caller's arguments
    # leave empty is none.
    _say("on SQLite")
    first = _pytest(["-m", "not browser and not postgresql", *coverage, _NO_FLOOR], arguments)
    if first not in {0, _NOTHING_CHOSEN}:
        return first
    _say("that use a database, on PostgreSQL, every process with its own rights")
    with temporary_cluster() as database:
        second = _pytest(["-m", "not browser", "--database-only", *together, _NO_FLOOR], arguments, database)
    if second not in {0, _NOTHING_CHOSEN}:
        return second
    _say("in Chromium")
    # The floor (fail_under in pyproject.toml) is that of the whole suite; arguments may choose a part.
    floor = [_NO_FLOOR] if arguments else []
    third = _pytest(["-m", "browser", *together, "--cov-report=term:skip-covered", *floor], arguments)
    return min(first, second) if third == _NOTHING_CHOSEN else third


def _pytest(own: list[str], callers: list[str], extra: dict[str, str] | None = None) -> int:
    chosen_workers = any(argument.startswith("-n") or argument == "--pdb" for argument in callers)
    command = [sys.executable, "-m", "pytest", *([] if chosen_workers else _PARALLEL), *own, *callers]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BAKEN_")}
    with subprocess.Popen(
        command,
        cwd=BASE_DIR,
        env=environment | (extra or {}),
        preexec_fn=dies_with_parent.hook(),  # noqa: PLW1509 (one thread)
    ) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # pytest got the Ctrl-C too and is writing its summary


def _refuse_missing_programs() -> None:
    """Under --all no test is skipped because a program is not here."""
    missing = [
        package
        for package, is_here in (
            ("chromium", any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))),
            ("postgresql", has_postgresql()),
            ("libimage-exiftool-perl", shutil.which("exiftool")),
            ("clamav-daemon", has_clamd()),
        )
        if not is_here
    ]
    if missing:
        raise Misconfigured(f"./run test --all needs more programs: apt-get install {' '.join(missing)}")


def _say(what: str) -> None:
    print(f"\nbaken: the tests {what}", flush=True)


def main() -> int:
    """The exit code for the command line; a fault that a person can put right is one line."""
    os.umask(0o077)
    try:
        return run_tests(sys.argv[1:])
    except Misconfigured as problem:
        print(f"baken: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
