"""The environment of the tests: keys, a Redis, and the two sites as separate clients.

A test never starts a service by hand: it asks for a fixture, which ends it again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from config.translations import compile_all
from tests import roles
from tests.config.trials import Portal, portal_running
from tests.mail_server import MailServer
from tests.services import running_redis

MOMENTS = {
    "workday": "2026-11-25 11:00+01:00",  # a Wednesday in service hours
    "night": "2026-11-25 00:30+01:00",  # still Tuesday in UTC
    "sunday": "2026-11-29 15:00+01:00",
    "holiday": "2026-12-25 10:00+01:00",  # a Friday: the weekend follows
}
"""The moments at which tests run: all at the first, modules marked `any_hour` at each. Amsterdam's time."""

_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "django_db_reset_sequences"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out the tests that use no database: on another database they would prove nothing new",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --database-only: what neither asks for the database nor needs PostgreSQL is left out.

    pytest-django refuses every query of a test that does not ask, so none of those is missed.
    """
    if not config.getoption("--database-only"):
        return
    chosen = [item for item in items if _uses_a_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _uses_a_database(item)])
    items[:] = chosen


def _uses_a_database(item: pytest.Item) -> bool:
    """True for the fixtures of pytest-django, for ours that use them, and for a mark."""
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = any(item.get_closest_marker(name) for name in ("django_db", "postgresql"))
    return marked or bool(fixtures & _DATABASE_FIXTURES)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the first process only; xdist workers find the files
        compile_all()
    # A machine under load is slow: no example of Hypothesis has a time limit.
    hypothesis.settings.register_profile("baken", deadline=None)
    hypothesis.settings.load_profile("baken")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`any_hour`: the test runs once at each of MOMENTS; one on the real clock has no choice of the hour."""
    marked = metafunc.definition.get_closest_marker("any_hour")
    if marked and "real_clock" not in metafunc.fixturenames:
        metafunc.parametrize("moment", MOMENTS, indirect=True)


@pytest.fixture(autouse=True)
def moment(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of the moment at which the test starts. From there the clock of this process goes on.

    It is not stopped, since what is made later must be later. `time.monotonic` is always the real one.
    A test may travel on from here. Other processes and the file system have the real clock: see `real_clock`.
    """
    name = getattr(request, "param", "workday")
    if "real_clock" in request.fixturenames:
        yield name
        return
    with time_machine.travel(MOMENTS[name]):
        yield name


@pytest.fixture(scope="session")
def real_clock() -> None:
    """A test that asks for it runs at the time it is: it shares its clock with processes or with files.

    Fixtures that start a process on the data of the test ask for it already.
    """


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request: pytest.FixtureRequest) -> None:
    """SQLite needs no suffix: each worker has its own folder, where started processes find the database."""
    worker = getattr(request.config, "workerinput", {}).get("workerid")
    if worker and connection.vendor != "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"test_{connection.settings_dict['NAME']}_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> list[Any]:
    """pytest-django's database, then the keys: vault_init once a run. Returns the rows it made.

    On PostgreSQL also the roles: processes that a test starts work as their own role.
    """
    from reports.models import Grant, Key

    # At the moment of the tests: otherwise the age of a key would be the time since MOMENTS was written.
    with django_db_blocker.unblock(), time_machine.travel(MOMENTS["workday"]):
        call_command("vault_init", development=True, verbosity=0)
        if connection.vendor == "postgresql":
            roles.apply_roles()
        return [*Key.objects.all(), *Grant.objects.all()]


@pytest.fixture(autouse=True)
def _keys_after_a_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """A transactional test finds every table emptied by the one before; the keys come back first.

    Emptying is what the audit chain refuses, so its guard is taken off for it, by the owner of the table.
    """
    marker = request.node.get_closest_marker("django_db")
    transactional = marker and (marker.kwargs.get("transaction") or (marker.args and marker.args[0]))
    if not transactional and "transactional_db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    for row in request.getfixturevalue("django_db_setup"):
        type(row).objects.bulk_create([row], ignore_conflicts=True)
    yield
    from reports.audit.verify import unguarded
    from reports.models.audit import Audit

    with unguarded():
        Audit.objects.all().delete()


class SiteClient(Client):
    """Django's test client for one of the two sites, which are separate processes in production.

    On PostgreSQL each request has the rights of that process and no more.
    """

    def __init__(self, switch: Callable[[], None], process: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._switch = switch
        self._process = process

    def request(self, **request: Any) -> Any:
        self._switch()
        with roles.acting_as(self._process):
            return super().request(**request)


def _site(settings: Settings, role: str) -> SiteClient:
    """A client that turns the settings into those of `role` before each request.

    Already now as well, so that `reverse()` and templates in the test are the site's.
    Forms are posted as the site's own pages would; `raise_request_exception` stays on.
    """

    def switch() -> None:
        if role == settings.ROLE:
            return
        end = role.upper()
        settings.ROLE = role
        settings.ROOT_URLCONF = f"config.urls.{role}"
        settings.MIDDLEWARE = getattr(settings, f"MIDDLEWARE_{end}")
        settings.FILE_UPLOAD_HANDLERS = getattr(settings, f"FILE_UPLOAD_HANDLERS_{end}")
        settings.FILE_UPLOAD_HANDLERS = getattr(settings, f"FILE_UPLOAD_HANDLERS_{end}")
        settings.CONTENT_SECURITY_POLICY = getattr(settings, f"CSP_{end}")
        engine = settings.TEMPLATES[0]
        options = engine["OPTIONS"] | {"context_processors": getattr(settings, f"CONTEXT_PROCESSORS_{end}")}
        settings.TEMPLATES = [engine | {"OPTIONS": options}]

    switch()
    return SiteClient(switch, role)


@pytest.fixture
def public(settings: Settings) -> SiteClient:
    """The public site: its URLs, middleware and policy; no session, no cookie."""
    return _site(settings, "public")


@pytest.fixture
def staff_site(settings: Settings) -> SiteClient:
    """The staff site, nobody logged in. In a test with both sites, the last to be asked is current."""
    return _site(settings, "staff")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis on the socket that CELERY_BROKER_URL names, ended with the session."""
    socket = Path(os.environ["BAKEN_DATA_DIR"]) / "redis.sock"
    with running_redis(socket):
        yield os.environ["BAKEN_REDIS_URL"]


@pytest.fixture(scope="session")
def portal(real_clock: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The whole product as `./run` starts it, with the demo loaded, for end-to-end tests."""
    with portal_running(tmp_path_factory.mktemp("portal")) as running:
        yield running


@pytest.fixture
def process_environment(real_clock: None, transactional_db: None) -> Callable[[str], dict[str, str]]:
    """The environment for a process of a role that works on this test's own database, vault and Redis.

    The test must be transactional: another process sees only what is committed.
    """

    def environment(role: str) -> dict[str, str]:
        database = {} if connection.vendor == "sqlite" else roles.environment(role)
        return os.environ | {"BAKEN_ROLE": role, "DJANGO_SETTINGS_MODULE": "config.settings"} | database

    return environment


@pytest.fixture
def manage(
    process_environment: Callable[[str], dict[str, str]],
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a management command in a process of its own: `manage("check", role="worker")`."""
    from config.settings import BASE_DIR
    from tests.services import run_python

    def run(*arguments: str, role: str = "console") -> subprocess.CompletedProcess[str]:
        return run_python(str(BASE_DIR / "manage.py"), *arguments, env=process_environment(role))

    return run


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A real SMTP server that this process mails through."""
    server = MailServer()
    server.use(settings)
    with server.running():
        yield server


@pytest.fixture
def own_vault(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the run's keys, for a test that changes them: a later test finds the run's own."""
    from reports.vault import bundle, keys

    copy = tmp_path / "vault"
    shutil.copytree(settings.VAULT_DIR, copy)
    settings.VAULT_DIR = copy
    monkeypatch.setenv("BAKEN_VAULT_DIR", str(copy))  # for processes that the test starts
    bundle.forget()
    keys._verified.clear()
    yield copy
    bundle.forget()
    keys._verified.clear()
