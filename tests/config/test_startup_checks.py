"""What a process refuses to start with outside the trial: one line, an exit code, and no second attempt."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from config import startup_checks
from config.env import Misconfigured
from config.settings import BASE_DIR
from tests.config.trials import clean_environment
from tests.services import run_python

_CELERY = ["-m", "celery", "--app", "config.celery", "--quiet"]
_GUNICORN = ["-m", "gunicorn", "--config", "python:config.gunicorn", "config.wsgi:application"]
COMMANDS = {
    "public": _GUNICORN,
    "staff": _GUNICORN,
    "worker": [*_CELERY, "worker", "-Q", "triage"],
    "mail": [*_CELERY, "worker", "-Q", "mail"],
    "beat": [*_CELERY, "beat"],
}
WITH_BUNDLE = ["public", "staff", "worker", "mail"]
BEGIN = ["-c", "from config import startup; startup.begin()"]
Environment = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real keys, as `vault_init` makes them."""
    folder = tmp_path_factory.mktemp("installation")
    environment = clean_environment(BAKEN_DATA_DIR=str(folder), BAKEN_SECRET_KEY=secrets.token_hex())
    done = run_python("-m", "config.prepare", "--keys", env=environment)
    assert done.returncode == 0, done.stderr
    return folder / "vault"


@pytest.fixture
def production(vault: Path, tmp_path: Path) -> Environment:
    """The environment of a process of this role for real, with whatever is changed."""
    shutil.copytree(vault, tmp_path / "vault")

    def environment(role: str, **changes: str) -> dict[str, str]:
        settings = {
            "BAKEN_ROLE": role,
            "BAKEN_DATA_DIR": str(tmp_path),
            "BAKEN_SECRET_KEY": secrets.token_hex(),
            "BAKEN_ALLOWED_HOSTS": "baken.example",
            "BAKEN_PUBLIC_URL": "https://baken.example",
            "BAKEN_STAFF_URL": "https://baken-staff.example",
            "BAKEN_REDIS_URL": "redis://worker:x@127.0.0.1:1/0",  # nobody listens
            "BAKEN_BIND": "127.0.0.1:0",
        }
        return clean_environment(**settings | changes)

    return environment


def refusal(command: list[str], environment: dict[str, str]) -> str:
    """The one line of a process that must end by itself, with an error and without a traceback."""
    done = run_python(*command, env=environment)  # fails the test after a minute
    assert done.returncode not in {0, None}, done.stdout
    (line,) = (done.stdout + done.stderr).splitlines()
    assert line.startswith("baken: ")
    return line


@pytest.mark.parametrize("role", COMMANDS)
def test_a_process_with_everything_in_order_goes_on(role: str, production: Environment) -> None:
    done = run_python(*BEGIN, env=production(role))

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("role", WITH_BUNDLE)
def test_no_process_starts_without_its_bundle(role: str, production: Environment, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "vault" / role)

    assert "No bundle at" in refusal(COMMANDS[role], production(role))


@pytest.mark.parametrize("role", WITH_BUNDLE)
def test_no_process_starts_with_keys_of_a_trial(role: str, production: Environment, tmp_path: Path) -> None:
    file = tmp_path / "vault" / role / "bundle.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"development": True}))

    assert "development" in refusal(COMMANDS[role], production(role))


@pytest.mark.parametrize("role", WITH_BUNDLE)
def test_no_process_starts_with_keys_that_others_can_read(
    role: str, production: Environment, tmp_path: Path
) -> None:
    (tmp_path / "vault" / role / "bundle.json").chmod(0o644)

    assert "Others can read" in refusal(COMMANDS[role], production(role))


@pytest.mark.parametrize("role", COMMANDS)
def test_no_process_starts_with_a_weak_secret_key(role: str, production: Environment) -> None:
    assert "BAKEN_SECRET_KEY is too short" in refusal(
        COMMANDS[role], production(role, BAKEN_SECRET_KEY="x" * 60)
    )


@pytest.mark.parametrize(
    "key", ["", "tiny-key", "django-insecure-0123456789abcdef0123456789abcdef01234567", "change me " * 8]
)
def test_a_default_secret_key_is_refused_and_not_quoted(key: str, production: Environment) -> None:
    line = refusal(BEGIN, production("public", BAKEN_SECRET_KEY=key))

    assert "SECRET_KEY" in line
    assert not key or key not in line


@pytest.mark.parametrize("hosts", ["", "*", "baken.example,*", ".example", "*.example", "baken.example/path"])
@pytest.mark.parametrize("role", ["public", "staff"])
def test_a_site_names_its_hosts_in_full(role: str, hosts: str, production: Environment) -> None:
    assert "BAKEN_ALLOWED_HOSTS" in refusal(BEGIN, production(role, BAKEN_ALLOWED_HOSTS=hosts))


@pytest.mark.parametrize("name", ["BAKEN_PUBLIC_URL", "BAKEN_STAFF_URL"])
@pytest.mark.parametrize("url", ["", "http://baken.example", "baken.example", "https://"])
def test_an_address_that_is_not_https_is_refused(name: str, url: str, production: Environment) -> None:
    assert name in refusal(BEGIN, production("mail", **{name: url}))


@pytest.mark.parametrize("role", ["worker", "mail", "beat"])
def test_a_worker_without_a_broker_is_refused(role: str, production: Environment) -> None:
    assert "BAKEN_REDIS_URL" in refusal(COMMANDS[role], production(role, BAKEN_REDIS_URL=""))


@pytest.mark.parametrize("user", ["baken", "postgres", "baken_worker"])
def test_no_process_works_in_the_database_as_somebody_else(user: str, production: Environment) -> None:
    told = production("public", BAKEN_DB_HOST="127.0.0.1", BAKEN_DB_USER=user)

    assert "BAKEN_DB_USER must be baken_public" in refusal(BEGIN, told)


def test_settings_with_debug_are_refused(production: Environment, tmp_path: Path) -> None:
    (tmp_path / "own_settings.py").write_text("from config.settings import *\nDEBUG = True\n")
    environment = production("public", DJANGO_SETTINGS_MODULE="own_settings")
    environment["PYTHONPATH"] += f":{tmp_path}"

    assert "DEBUG" in refusal(COMMANDS["public"], environment)


@pytest.mark.parametrize("role", ["public", "worker"])
def test_a_setting_that_makes_no_sense_is_one_line_too(role: str, production: Environment) -> None:
    assert "BAKEN_DB_PORT" in refusal(
        COMMANDS[role], production(role, BAKEN_DB_HOST="database", BAKEN_DB_PORT="many")
    )


# --- One secret key for two processes: seen by the service that sees them all -------------------------


def keys_in(folder: Path, **keys: str) -> str:
    for process, key in keys.items():
        (folder / f"secret_key_{process}").write_text(key)
    return str(folder / "secret_key_*")


def test_the_preparation_refuses_one_key_for_two_processes(tmp_path: Path, production: Environment) -> None:
    shared = secrets.token_hex()
    keys = keys_in(tmp_path, public=shared, worker=secrets.token_hex(), staff=f"{shared}\n")

    line = refusal(["-m", "config.prepare"], production("console", BAKEN_COMPARE_KEYS=keys))

    assert "secret_key_public and secret_key_staff are the same" in line
    assert shared not in line


def test_the_preparation_refuses_a_weak_key_of_any_process(tmp_path: Path) -> None:
    keys_in(tmp_path, public=secrets.token_hex(), beat="short")

    with pytest.raises(Misconfigured, match="secret_key_beat is too short"):
        startup_checks.check_keys(tmp_path.glob("secret_key_*"))


def test_the_keys_of_make_secrets_pass(tmp_path: Path) -> None:
    subprocess.run([BASE_DIR / "deploy" / "make-secrets", tmp_path], check=True, capture_output=True)
    files = list(tmp_path.glob("secret_key_*"))

    startup_checks.check_keys(files)

    assert len(files) == 6
