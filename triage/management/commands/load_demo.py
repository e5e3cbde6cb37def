"""Demo officers and a dozen invented reports for the trial; loading them again adds nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from reports import intake
from reports.choices import Queue
from reports.facts import Facts
from reports.models import Key, KeyRole
from reports.vault import bundle, members
from reports.vault.keyring import Keyring
from triage.choices import MailKind
from triage.models import Subscription

REPORTS = Path(__file__).parents[2] / "demo.toml"
PASSWORD = "only-for-this-trial"  # noqa: S105 (loopback only; refused outside the trial)
OFFICERS: dict[str, tuple[Queue, ...]] = {
    "coordinator": tuple(Queue),
    "politie": (Queue.POLICE_REFERRAL,),
    "obi": (Queue.OBI_APPROACH,),
    "opvolging": (Queue.FOLLOW_UP,),
}


class Command(BaseCommand):
    help = "Loads the trial's officers, mail subscriptions and invented reports, and prints the logins."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TRIAL:
            raise CommandError("Demo data is for the trial only (./run).")
        self._officers()
        self._subscriptions()
        added = self._reports()
        if added:
            self.stdout.write(f"{added} demo reports filed.")
        self.stdout.write("Demo logins for the staff site (user / password):")
        for name, queues in OFFICERS.items():
            with translation.override("en"):
                held = ", ".join(str(queue.label) for queue in queues)
            self.stdout.write(f"  {name:<12} {PASSWORD}   {held}")

    def _officers(self) -> None:
        ring = Keyring.of_holder(bundle.recovery().pair)
        queue_keys = {key.role: key for key in Key.objects.filter(role__in=Queue.values, epoch=0)}
        for name, queues in OFFICERS.items():
            if User.objects.filter(username=name).exists():
                continue
            officer = User.objects.create_user(
                username=name, password=PASSWORD, is_staff=True, is_superuser=name == "coordinator"
            )
            pair = members.enrol(user=officer, passphrase=PASSWORD)
            member = Key.objects.get(pk=pair.kid, role=KeyRole.MEMBER)
            for queue in queues:
                members.admit(ring=ring, queue_key=queue_keys[queue], member=member, by=None)

    def _subscriptions(self) -> None:
        wanted = [
            ("manager@example.nl", MailKind.SUMMARY, "nl"),
            ("manager@example.org", MailKind.SUMMARY, "en"),
        ]
        wanted += [(f"{queue}@example.nl", MailKind(queue), "nl") for queue in Queue.values]
        for email, kind, language in wanted:
            Subscription.objects.get_or_create(email=email, kind=kind, defaults={"language": language})

    def _reports(self) -> int:
        entries = tomllib.loads(REPORTS.read_text(encoding="utf-8"))["report"]
        return sum(
            not intake.receive(
                form_key=intake.demo_form_key(number),
                facts=Facts.from_answers(entry["answers"]),
                account=entry["account"],
                language=entry["language"],
                contact={"way": "code"},
                demo=True,
            ).repeated
            for number, entry in enumerate(entries)
        )
