"""Mail as files, for a machine without a mail server: one .eml file per message, in EMAIL_FILE_PATH.

Django's own file backend puts all messages of a connection into one .log file.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class EmailBackend(BaseEmailBackend):
    """Each message is a file that a mail program can open; the folder is made when missing."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Returns how many were written. Raises OSError; a file is there whole or not at all."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            message = mail.message()
            moment = timezone.localtime().strftime("%Y-%m-%d-%H%M%S-%f")
            target = folder / f"{moment}-{message['Message-ID'][1:9]}.eml"
            half_done = target.with_suffix(".tmp")
            with half_done.open("xb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            half_done.replace(target)
        return len(email_messages)
