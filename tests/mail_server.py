"""A real SMTP server on 127.0.0.1 that keeps what it accepts."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django import Settings


class MailServer:
    """`accepted` in order of arrival; `refused` addresses get a 550; `on_mail` runs before a mail's "250"."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.on_mail: Callable[[int], None] = lambda _number: None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    @contextmanager
    def running(self) -> Iterator[None]:
        """May be entered again: the server then comes back on the same port."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    async def handle_RCPT(  # noqa: N802 (the name is aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.accepted.append(message_from_bytes(content, policy=policy.default))
        self.on_mail(len(self.accepted))
        return "250 accepted"

    def message_ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.accepted]

    def recipients(self) -> list[str]:
        return [str(mail["To"]) for mail in self.accepted]

    def environment(self) -> dict[str, str]:
        """For a process that is to use this server."""
        return {
            "BAKEN_MAIL_HOST": "127.0.0.1",
            "BAKEN_MAIL_PORT": str(self.port),
            "BAKEN_MAIL_TLS": "0",
        }

    def use(self, settings: Settings) -> None:
        """This process mails through this server."""
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", self.port, False


def body_of(mail: Any, kind: str = "plain") -> str:
    """The text (or `html`) of a mail as its reader sees it."""
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n")
