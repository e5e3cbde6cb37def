from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.mail_server import MailServer


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A real SMTP server that this process mails through."""
    server = MailServer()
    server.use(settings)
    with server.running():
        yield server
