"""Reporters on the loopback interface: each GETs the form, POSTs it and reads the receipt."""

from __future__ import annotations

import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

ACCOUNT = "Пасля акцыі ў Гаазе за мной ішлі двое да самага вакзала. " * 20
ANSWERS = {
    "in_danger_now": "no",
    "feels_threatened": "yes",
    "incident_types": "stalking_surveillance",
    "severity": "incident",
    "account": ACCOUNT,
    "contact_way": "code",
    "consent_police": "ask_first",
    "consent_obi": "ask_first",
}


@dataclass(frozen=True)
class Figures:
    """Wall time of whole submissions, in milliseconds."""

    p50: float
    p95: float


def submit_many(url: str, *, clients: int, submissions: int) -> Figures:
    """Submits in all `submissions` reports from `clients` connections at a time."""
    with ThreadPoolExecutor(clients) as pool:
        times = list(pool.map(lambda _: _submit(url), range(submissions)))
    times.sort()
    return Figures(p50=statistics.median(times), p95=times[int(len(times) * 0.95) - 1])


def _submit(url: str) -> float:
    started = time.perf_counter()
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", "/be/report/")
    page = connection.getresponse().read().decode()
    found = re.search(r'name="form_key" value="([^"]+)"', page)
    assert found, "no form key on the page"
    body = urlencode({**ANSWERS, "form_key": found[1]})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": url}
    connection.request("POST", "/be/report/", body, headers)
    answer = connection.getresponse()
    receipt = answer.read().decode()
    assert answer.status == 200, answer.status
    assert 'id="code"' in receipt
    connection.close()
    return 1000 * (time.perf_counter() - started)
