"""Admits the first member of a queue, at the console, with the recovery key (docs/decisions.md 18)."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from reports.choices import Queue
from reports.models import Key
from reports.sealing import core, recovery_sheet
from reports.vault import bundle, members
from reports.vault.keyring import CannotOpen, Keyring
from reports.vault.keys import Untrusted


class Command(BaseCommand):
    help = "Makes an officer a member of a queue with the recovery key: from its file, else from the sheet."
    always_the_sheet = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queue", choices=Queue.values)
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        queue, member = options["queue"], self._member(options["username"])
        self.stdout.write(f"The key of {options['username']}: {members.digits(member.kid)}")
        self.stdout.write("Have the officer read these digits to you from their page of keys.")
        if sys.stdin.isatty() and input("Are they the same? [yes/no] ") != "yes":
            raise CommandError("Nobody was admitted.")
        try:
            ring = Keyring.of_holder(self._recovery())
            members.admit_to(ring=ring, queue=queue, member=member, by=None)
        except CannotOpen:
            raise CommandError("This recovery key is not the one of this installation.") from None
        except core.Broken:
            raise CommandError("INTEGRITY ALARM: a key or grant in the database was altered.") from None
        except (Untrusted, bundle.BundleRefused, recovery_sheet.Mistyped) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{options['username']} is now a member of {queue}.")

    def _member(self, username: str) -> Key:
        user = get_user_model().objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active officer {username}.")
        member = members.key_of(user)
        if member is None:
            raise CommandError(f"{username} has no key yet: it is made when they first log in.")
        return member

    def _recovery(self) -> core.KeyPair:
        if not self.always_the_sheet:
            try:
                return bundle.recovery().pair
            except bundle.BundleRefused as refused:
                self.stderr.write(f"{refused} Using the sheet instead.")
        if not sys.stdin.isatty():
            return recovery_sheet.parse(sys.stdin.read())
        self.stdout.write("Type the recovery sheet, the digits of one line at a time.")
        return recovery_sheet.parse("\n".join(self._ask(line) for line in range(1, recovery_sheet.LINES + 1)))

    def _ask(self, line: int) -> str:
        while True:
            typed = input(f"{line}   ")
            try:
                recovery_sheet.read_line(line, typed)
            except recovery_sheet.Mistyped as mistyped:
                self.stderr.write(str(mistyped))
            else:
                return f"{line} {typed}"
