"""Makes the PostgreSQL roles of the processes and gives each what it needs (reports/database_roles.sql)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection

from reports import database_roles


class Command(BaseCommand):
    help = "Makes one PostgreSQL role for each process and gives it no more than it needs; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            self.stdout.write(
                f"No roles: {connection.display_name} has none; PostgreSQL has (docs/operate.md)."
            )
            return
        try:
            without = database_roles.apply(settings.DATABASE_ROLE_PASSWORDS)
        except (Error, database_roles.TooPowerful) as error:
            told = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise CommandError(f"The roles of the database were not made: {told}") from None
        self.stdout.write(f"Roles of the database: {', '.join(database_roles.ROLES.values())}.")
        if without:
            self.stdout.write(f"Without a password, so they cannot log in: {', '.join(without)}.")
