"""docker-compose.yml, the Dockerfile and the page about them name only what exists.

No container engine runs here, so this reads the files the way the engine would.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import database_roles
from config.celery import app
from config.settings import BASE_DIR, ROLES
from tests.config.trials import clean_environment

COMPOSE: dict[str, Any] = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("baken:")}
DOCKERFILE = (BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
OPERATE = (BASE_DIR / "docs" / "operate.md").read_text(encoding="utf-8")


def variables_read() -> set[str]:
    """Every BAKEN_ setting that the code reads, outside the trial and the tests."""
    found: set[str] = set()
    for file in (BASE_DIR / "config").rglob("*.py"):
        if "trial" not in file.relative_to(BASE_DIR).parts:
            found |= set(re.findall(r"""env\.\w+\(\s*"(BAKEN_\w+)""", file.read_text(encoding="utf-8")))
    return found


def variables_set() -> set[str]:
    """Every BAKEN_ setting that the compose file or the image sets; the _FILE form counts as the setting."""
    named = set(re.findall(r"^ENV .*?(?=^\S)", DOCKERFILE, re.DOTALL | re.MULTILINE))
    in_image = re.findall(r"(BAKEN_\w+)=", "".join(named))
    in_compose = [name for service in OURS.values() for name in service["environment"]]
    return {name.removesuffix("_FILE") for name in [*in_image, *in_compose]}


def copied_into_image() -> dict[str, str]:
    """The paths of the checkout that the Dockerfile copies, each with its place there."""
    return dict(re.findall(r"^COPY (?!--from)(\S+) (\S+)$", DOCKERFILE, re.MULTILINE))


def test_the_image_and_the_compose_file_set_only_what_the_code_reads() -> None:
    assert variables_set() - variables_read() == set()


def test_every_setting_stands_on_the_page_for_operators() -> None:
    on_page = set(re.findall(r"BAKEN_\w+", OPERATE))

    assert {name.removesuffix("_FILE") for name in on_page} >= variables_read()
    in_trial = "".join(file.read_text(encoding="utf-8") for file in (BASE_DIR / "config").rglob("*.py"))
    assert not [name for name in on_page if name.removesuffix("_FILE") not in in_trial]


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_a_program_of_the_lock_and_a_module_of_the_house(name: str) -> None:
    default = re.findall(r'^CMD \["(.*)"\]$', DOCKERFILE, re.MULTILINE)[0].split('", "')
    command = OURS[name].get("command", default)

    assert (Path(sys.executable).parent / command[0]).exists()
    modules = [part for part in command if part.startswith(("config.", "python:config."))]
    assert modules
    for module in modules:
        assert importlib.util.find_spec(module.removeprefix("python:").partition(":")[0]), module
    check = OURS[name].get("healthcheck", {"test": ["CMD", "python", "-m", "config.healthcheck"]})["test"]
    assert check == ["CMD", "python", "-m", "config.healthcheck"]


def test_every_role_and_every_task_queue_has_its_process() -> None:
    roles = [service["environment"].get("BAKEN_ROLE", "console") for service in OURS.values()]
    assert sorted(set(roles)) == sorted(ROLES)
    assert len(roles) == len(ROLES) + 1, "each once, but for the two services of the console"

    workers = [service["command"] for service in OURS.values() if "worker" in service.get("command", [])]
    consumed = {command[command.index("-Q") + 1] for command in workers}
    routes = {route["queue"] for route in app.conf.task_routes.values()}
    assert consumed == {app.conf.task_default_queue} | routes


def test_every_file_and_folder_named_exists() -> None:
    mounted = [str(volume) for service in SERVICES.values() for volume in service.get("volumes", [])]
    files = [volume.partition(":")[0] for volume in mounted if volume.startswith("./")]
    assert [path for path in [*files, *copied_into_image()] if not (BASE_DIR / path).exists()] == []

    named = {volume.partition(":")[0] for volume in mounted if not volume.startswith("./")}
    assert named == set(COMPOSE["volumes"])


def test_the_builder_is_given_what_the_image_copies_and_no_more() -> None:
    lines = (BASE_DIR / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert "*" in lines
    assert sorted(line[1:] for line in lines if line.startswith("!")) == sorted(copied_into_image())


def test_the_image_installs_its_own_lock_as_run_does_and_takes_nothing_out_again() -> None:
    install = [line for line in DOCKERFILE.splitlines() if re.search(r"\bpip\b|install-lock", line)]

    assert install == [
        "COPY deploy/install-lock /build/",
        "RUN /build/install-lock /venv/bin/python /build/requirements.lock",
    ]
    assert "deploy/install-lock" in (BASE_DIR / "run").read_text(encoding="utf-8")


def test_every_secret_is_made_and_used_and_none_is_in_the_file(tmp_path: Path) -> None:
    subprocess.run([BASE_DIR / "deploy" / "make-secrets", tmp_path / "made"], check=True, capture_output=True)
    made = {file.name: file.read_text(encoding="utf-8") for file in (tmp_path / "made").iterdir()}

    assert set(made) == set(COMPOSE["secrets"])
    assert {name for service in SERVICES.values() for name in service.get("secrets", [])} == set(made)
    assert len(set(made.values())) == len(made), "every secret is another one"
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|REDIS_URL", variable):
                assert (
                    variable.endswith("_FILE") and value.removeprefix("/run/secrets/") in service["secrets"]
                ), name


def test_secrets_are_made_once(tmp_path: Path) -> None:
    command = [BASE_DIR / "deploy" / "make-secrets", tmp_path / "made"]
    subprocess.run(command, check=True, capture_output=True)
    before = (tmp_path / "made" / "db_password").read_text(encoding="utf-8")

    subprocess.run(command, check=True, capture_output=True)

    assert (tmp_path / "made" / "db_password").read_text(encoding="utf-8") == before


def test_every_service_is_closed_down() -> None:
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert name in {"init", "keys"} or service["healthcheck"]["test"], name
    assert re.search(r"^USER (?!root)", DOCKERFILE, re.MULTILINE)


def test_the_public_site_reaches_neither_redis_nor_the_world() -> None:
    networks = {name: set(service["networks"]) for name, service in SERVICES.items()}

    assert not networks["web-public"] & networks["redis"]
    assert not networks["web-staff"] & networks["redis"]
    closed = {name for name, network in COMPOSE["networks"].items() if network and network.get("internal")}
    assert [name for name in networks if not networks[name] <= closed] == ["proxy", "mail"]


def test_each_process_holds_its_own_keys_only() -> None:
    for name, service in OURS.items():
        volumes = [volume.split(":")[1] for volume in service.get("volumes", [])]
        vaults = [folder for folder in volumes if folder.startswith("/vault")]
        role = service["environment"].get("BAKEN_ROLE", "console")
        secret_keys = [secret for secret in service["secrets"] if secret.startswith("secret_key")]
        if name == "init":  # it compares them, and ends before anything else starts
            assert sorted(secret_keys) == sorted(f"secret_key_{each}" for each in ROLES)
        else:
            assert secret_keys == [f"secret_key_{role}"]
        if name == "keys":
            assert service["profiles"] == ["by-hand"]
            assert service["logging"] == {"driver": "none"}, "the recovery sheet must not be logged"
            assert all(path in DOCKERFILE for path in vaults)
        else:
            assert vaults in ([f"/vault/{role}"], [])


def test_each_process_is_somebody_else_in_the_database() -> None:
    """Only the two services that prepare come in as the owner of the tables."""
    for name, service in OURS.items():
        environment, role = service["environment"], service["environment"].get("BAKEN_ROLE", "console")
        passwords = [secret for secret in service["secrets"] if secret.startswith("db_password")]
        if role in database_roles.ROLES:
            assert environment["BAKEN_DB_USER"] == database_roles.ROLES[role]
            assert passwords == [f"db_password_{role}"], name
        elif role == "console":
            assert environment["BAKEN_DB_USER"] == SERVICES["database"]["environment"]["POSTGRES_USER"]
            assert "db_password" in passwords
        else:
            assert passwords == []
    given = {name for name in OURS["init"]["environment"] if name.startswith("BAKEN_DB_PASSWORD_")}
    assert given == {"BAKEN_DB_PASSWORD_FILE"} | {
        f"BAKEN_DB_PASSWORD_{process.upper()}_FILE" for process in database_roles.ROLES
    }


def test_the_proxy_keeps_no_log_of_visitors_and_no_body() -> None:
    caddy = (BASE_DIR / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    orders = "\n".join(line for line in caddy.splitlines() if not line.strip().startswith("#"))

    assert "exclude http.log http.handlers" in orders
    loggers = re.findall(r"^\s*log\b.*", orders, re.MULTILINE)
    assert loggers == ["\tlog default {"], "any other would be an access log"
    assert "request_buffers" not in orders
    assert "header_up -X-Forwarded-For" in orders
    assert "header_up -X-Real-Ip" in orders
    assert set(re.findall(r"import site (web-\w+):8000", orders)) == {"web-public", "web-staff"}


def test_what_the_image_copies_is_enough_to_build_and_start_it(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    for path in copied_into_image():
        source, target = BASE_DIR / path, tmp_path / "app" / path
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("trial", "__pycache__", "*.mo"))
        elif not copied_into_image()[path].startswith("/build/"):
            shutil.copy(source, target)
    environment = clean_environment(
        PYTHONPATH=str(tmp_path / "app"),
        BAKEN_SECRET_KEY="collectstatic",
        BAKEN_STATIC_ROOT=str(tmp_path / "static"),
        BAKEN_DATA_DIR=str(tmp_path),
    )
    steps = [
        ["-m", "config.translations"],
        ["manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        ["-c", "import config.wsgi, config.celery, config.gunicorn, config.server_log"],
        ["-m", "config.prepare", "--keys"],
    ]

    for step in steps:
        done = subprocess.run(
            [sys.executable, *step], cwd=tmp_path / "app", env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_scripts_can_be_started() -> None:
    of_deploy = ["deploy/make-secrets", "deploy/redis-start", "deploy/install-lock"]
    scripts = ["run", "manage.py", ".ci/run", ".ci/locks", *of_deploy]

    assert [script for script in scripts if not os.access(BASE_DIR / script, os.X_OK)] == []
