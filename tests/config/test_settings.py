"""Settings that would be unsafe or make no sense stop the process with one line."""

from __future__ import annotations

import logging
import sys

import pytest

from config.logs import PlainFormatter
from config.settings import BASE_DIR
from tests.config.trials import clean_environment
from tests.services import run_python

PRODUCTION = {"BAKEN_SECRET_KEY": "x" * 50, "BAKEN_ALLOWED_HOSTS": "baken.example"}


def refusal(**settings: str) -> str:
    """What manage.py says, in one line, when it refuses these settings."""
    done = run_python(str(BASE_DIR / "manage.py"), "diffsettings", env=clean_environment(**settings))
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    return line


def value_of(name: str, **settings: str) -> str:
    """One setting, as a process with that environment sees it."""
    code = f"from config import settings; print(getattr(settings, {name!r}))"
    done = run_python("-c", code, env=clean_environment(**settings))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_unknown_role_is_refused() -> None:
    assert "BAKEN_ROLE must be one of public, staff" in refusal(**PRODUCTION, BAKEN_ROLE="pubic")


def test_a_missing_secret_key_is_refused() -> None:
    assert "BAKEN_SECRET_KEY" in refusal()


def test_a_trial_answers_on_this_machine_only() -> None:
    assert "BAKEN_ALLOWED_HOSTS" in refusal(**PRODUCTION, BAKEN_TRIAL="1")


def test_a_switch_that_is_neither_on_nor_off_is_refused() -> None:
    assert "BAKEN_TRIAL must be 1 or 0" in refusal(**PRODUCTION, BAKEN_TRIAL="maybe")


def test_a_secret_file_that_is_not_there_is_named() -> None:
    assert "/nowhere/key cannot be read" in refusal(BAKEN_SECRET_KEY_FILE="/nowhere/key")


@pytest.mark.parametrize("role", ["public", "staff"])
def test_a_site_has_no_broker_even_when_it_is_told_of_one(role: str) -> None:
    told = {"BAKEN_ROLE": role, "BAKEN_REDIS_URL": "redis://redis:6379/0"}

    assert value_of("CELERY_BROKER_URL", **PRODUCTION, **told) == ""


def test_a_silent_environment_is_a_safe_one() -> None:
    safe = {"DEBUG": "False", "TRIAL": "False", "SESSION_COOKIE_SECURE": "True", "ALLOWED_HOSTS": "[]"}

    assert {name: value_of(name, BAKEN_SECRET_KEY="x" * 50) for name in safe} == safe


def test_the_log_shows_the_kind_and_the_place_of_an_error_but_not_its_text() -> None:
    try:
        try:
            int("words of a report")
        except ValueError as inner:
            raise RuntimeError("words of a report, again") from inner
    except RuntimeError:
        record = logging.LogRecord("triage", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())

    line = PlainFormatter().format(record)

    assert "builtins.RuntimeError" in line
    assert "test_settings.py" in line
    assert "after ValueError" in line
    assert "words of a report" not in line
