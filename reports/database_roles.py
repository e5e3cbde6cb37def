"""One PostgreSQL role for each process that reaches the database, and what it may do there.

What each may do is written in database_roles.sql; here are the names, and how it is carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db import connection, transaction

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
    """Makes the roles and carries out the rules, all or nothing; returns the roles that cannot log in yet.

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
