"""The database as one process sees it: its role of PostgreSQL, with a real login or for a few statements."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from psycopg2.errors import InFailedSqlTransaction

from config import database_roles
from config.database_roles import ROLES

PASSWORDS = {process: f"only-for-tests-{process}" for process in ROLES}


def apply_roles() -> None:
    """Makes the roles and applies their rules to the database of this run."""
    # Roles are the whole cluster's: xdist workers, which share it, take turns.
    with (Path(os.environ["BAKEN_TESTS_FOLDER"]) / "roles.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        database_roles.apply(PASSWORDS)


def environment(process: str) -> dict[str, str]:
    """The BAKEN_DB_ settings with which a process of this role works on this test's database."""
    own = {"BAKEN_DB_NAME": str(connection.settings_dict["NAME"])}
    if process in ROLES:
        own |= {"BAKEN_DB_USER": ROLES[process], "BAKEN_DB_PASSWORD": PASSWORDS[process]}
    return own


@contextmanager
def logged_in_as(process: str) -> Iterator[None]:
    """Django's own connection, made anew by this role. For transactional tests: it sees committed rows."""
    given = connection.settings_dict
    owner = {name: given[name] for name in ("USER", "PASSWORD")}
    connection.close()
    given.update(USER=ROLES[process], PASSWORD=PASSWORDS[process])
    try:
        yield
    finally:
        connection.close()
        given.update(owner)


@contextmanager
def acting_as(process: str) -> Iterator[None]:
    """The present connection with this role's rights only, on PostgreSQL; elsewhere nothing changes.

    Past Django's own cursor, so that tests which count queries count those of the product.
    """
    if connection.vendor != "postgresql":
        yield
        return
    try:
        before = _on_connection("SHOW role")
    except RuntimeError:  # of pytest-django: a test of a page that asks no database
        yield
        return
    _on_connection(f"SET ROLE {ROLES[process]}")
    try:
        yield
    finally:
        with suppress(InFailedSqlTransaction):  # the transaction that is undone takes the role with it
            _on_connection(f"SET ROLE {before}")


def _on_connection(statement: str) -> str:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(statement)
        return str(cursor.fetchone()[0]) if cursor.description else ""


def rows(statement: str, *given: Any) -> list[tuple[Any, ...]]:
    """Runs one statement; its rows, when it has any. Psycopg's errors come through as Django's."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given or None)
        return cursor.fetchall() if cursor.description else []


def refused(process: str, statement: str, *given: Any) -> None:
    """Fails the test when this role may run the statement."""
    with acting_as(process), pytest.raises(ProgrammingError, match="permission denied|row-level security"):
        rows(statement, *given)
