"""The outbox: every mail is a row that is claimed, sent and marked.

SMTP cannot guarantee that a mail goes exactly once: a process can end between the server's
"accepted" and our mark. Then the claim ends and the mail is sent once more, with the same
Message-ID, counted in `Delivery.tries` (docs/decisions.md 30). No mail is lost, and no other
mail is sent twice.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from triage.models import Delivery, DeliveryQuerySet

log = logging.getLogger(__name__)

# The first QUICK_TRIES tries are one tick apart; later tries wait until the claim ends.
QUICK_TRIES = 10
TICK = 50  # seconds after which a tick begins no further mail; the soft limit of a task is 80
REFUSED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)  # an answer: certainly not sent


@dataclass(frozen=True)
class Sent:
    """How many mails went out, and how many still wait."""

    sent: int
    waiting: int


def deliver(
    *, outbox: DeliveryQuerySet, claim: timedelta, compose: Callable[[Delivery], EmailMessage]
) -> Sent:
    """Claims, sends and marks what is free in `outbox`; a mail server that is down is tried at the next tick.

    Must not run inside a transaction: the claim has to be visible before the mail goes.
    """
    due = outbox.free(timezone.now(), claim).select_related("subscription").order_by("tries", "pk")
    sent, stop_at = 0, time.monotonic() + TICK
    connection = get_connection()
    try:
        for delivery in due:
            if time.monotonic() > stop_at:
                break
            connection.open()  # does nothing while it is open; if it cannot, nothing is claimed
            if not _claim(delivery, claim):
                continue
            try:
                connection.send_messages([compose(delivery)])
            except REFUSED as error:
                log.warning("a mail was refused, try %s: %s", delivery.tries + 1, type(error).__qualname__)
                if delivery.tries + 1 < QUICK_TRIES:
                    Delivery.objects.filter(pk=delivery.pk).update(claimed=None)
                connection.close()  # after some refusals the server hangs up
                continue
            Delivery.objects.filter(pk=delivery.pk).update(sent=timezone.now())
            sent += 1
    except OSError as error:  # every error of smtplib is one
        # If it happens while a mail is being sent, the mail stays claimed.
        log.warning("the mail server does not answer: %s", type(error).__qualname__)
    finally:
        with suppress(OSError):
            connection.close()
    return Sent(sent, outbox.filter(sent=None).count())


def _claim(delivery: Delivery, claim: timedelta) -> bool:
    now = timezone.now()
    free = Delivery.objects.filter(pk=delivery.pk).free(now, claim)
    return free.update(claimed=now, tries=F("tries") + 1) == 1


def headers(*identity: str) -> dict[str, str]:
    """The same Message-ID for the same identity, which cannot be read back from it."""
    digest = hashlib.sha256("\n".join(("baken", *identity)).encode()).hexdigest()[:40]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return {"Message-ID": f"<{digest}@{domain}>", "Auto-Submitted": "auto-generated"}


def written(template: str, context: dict[str, object]) -> tuple[str, str]:
    """Subject and body of a text template, whose first line is the subject."""
    subject, _, body = render_to_string(template, context).partition("\n")
    return subject, body.strip() + "\n"
