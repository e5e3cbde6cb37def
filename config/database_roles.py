"""One PostgreSQL role for each process that reaches the database: `python -m config.database_roles`.

database_roles.sql says what each role may do; this module has their names and runs it. It is in
config because the rights are on the tables of every room.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import django
from django.conf import settings
from django.db import Error, connection, transaction

from config.env import Misconfigured

ROLES = {
    "public": "baken_public",
    "staff": "baken_staff",
    "worker": "baken_worker",
    "mail": "baken_mail",
}
"""Process -> role. Beat needs no database; the console works as the owner of the tables."""

RULES = Path(__file__).with_name("database_roles.sql")
_POWERLESS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
_POWERFUL = """
    SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (
        rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
        OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)
        OR EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid))
"""


class TooPowerful(Exception):
    """A role of a process has rights that go beyond the rules; somebody gave them by hand."""


def apply(passwords: Mapping[str, str]) -> list[str]:
    """Makes the roles and gives them these rights, all or nothing; returns the roles that cannot log in yet.

    `passwords` by process; a role without one keeps what it has, a new one cannot log in. Call it as the
    owner of the tables, on PostgreSQL. Raises django.db.Error when the owner may not make roles, TooPowerful
    when one of them is a superuser, a member of another role, an owner of something or the like.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'baken%'")
        there = dict(cursor.fetchall())
        for process, role in ROLES.items():
            if role not in there:
                cursor.execute(f"CREATE ROLE {role} NOLOGIN {_POWERLESS}")
            if password := passwords.get(process):
                # As a verifier: the password itself comes into no statement, so into no log of the server.
                cursor.execute(f"ALTER ROLE {role} LOGIN PASSWORD %s", [_verifier(role, password)])
        cursor.execute(RULES.read_text(encoding="utf-8"))
        cursor.execute(_POWERFUL, [list(ROLES.values())])
        if powerful := [role for (role,) in cursor.fetchall()]:
            raise TooPowerful(f"{', '.join(powerful)} can do more than any rule says: see \\du in psql.")
    return [role for process, role in ROLES.items() if not (there.get(role) or passwords.get(process))]


def _verifier(role: str, password: str) -> str:
    from psycopg2.extensions import encrypt_password  # absent where only SQLite is used

    verifier: str = encrypt_password(password, role, connection.connection, "scram-sha-256")
    return verifier


def carry_out() -> str:
    """Makes the roles with the passwords of the settings; returns what was done, in one or two lines.

    Needs django.setup(). Raises Misconfigured when the database refuses.
    """
    if connection.vendor != "postgresql":
        return f"No roles: {connection.display_name} has none; PostgreSQL has (docs/operate.md)."
    try:
        without = apply(settings.DATABASE_ROLE_PASSWORDS)
    except (Error, TooPowerful) as error:
        told = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise Misconfigured(f"The roles of the database were not made: {told}") from None
    done = f"Roles of the database: {', '.join(ROLES.values())}."
    return f"{done}\nWithout a password, so they cannot log in: {', '.join(without)}." if without else done


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    try:
        sys.stdout.write(f"{carry_out()}\n")
    except Misconfigured as problem:
        sys.exit(f"baken: {problem}")
