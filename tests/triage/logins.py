"""An officer's browser: logging in, the phone, the pages of one report."""

from __future__ import annotations

import html
import re
import time
from typing import Any

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from reports.choices import Queue
from tests.factories import PASSWORD

LISTS = {
    Queue.POLICE_REFERRAL: "/triage/policereferral/",
    Queue.OBI_APPROACH: "/triage/obiapproach/",
    Queue.FOLLOW_UP: "/triage/followupitem/",
}


def log_in(client: Any, username: str = "anna", password: str = PASSWORD, code: str = "") -> Any:
    """Sends the login form; 302 when it let the officer in, 200 when the form came back."""
    return client.post("/login/?next=/", {"username": username, "password": password, "code": code})


def text_of(response: Any) -> str:
    """What a person reads of the page's content, tags and entities resolved."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def code_on_phone(user: Any, *, confirmed: bool = True) -> str:
    """What the officer's phone shows now."""
    device = TOTPDevice.objects.get(user=user, confirmed=confirmed)
    phone = TOTP(device.bin_key, device.step, device.t0, device.digits)
    phone.time = time.time()
    return f"{phone.token():0{device.digits}d}"


def link_phone(client: Any, user: Any) -> list[str]:
    """Goes through the set-up page; returns the recovery codes it shows."""
    client.get("/second-factor/")
    response = client.post("/second-factor/", {"code": code_on_phone(user, confirmed=False)})
    assert response.status_code == 200
    codes = re.findall(r"<code>([a-z2-7]{8})</code>", response.content.decode())
    assert len(codes) == 10
    return codes


def page_of(report: Any, queue: Queue) -> str:
    """The address of the report's page in that queue."""
    return f"{LISTS[queue]}{report.work_items.get(queue=queue).pk}/change/"
