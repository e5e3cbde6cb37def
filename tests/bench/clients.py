"""Reporters on the loopback interface: GET the form, POST it as a browser does, read the receipt."""

from __future__ import annotations

import gzip
import json
import random
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

_FOLDER = Path(__file__).resolve().parent.parent / "triage" / "policy"
_NEEDED = {"in_danger_now": "no", "feels_threatened": "no", "contact_way": "code"}
_BOUNDARY = "bench-boundary"


@dataclass(frozen=True)
class Figures:
    """Wall time of whole submissions, in milliseconds."""

    p50: float
    p95: float


def _cases() -> list[tuple[str, dict[str, str | list[str]]]]:
    """Language and answers of all written test cases, mixed, in the same order each time."""
    rows = [json.loads(line) for file in sorted(_FOLDER.glob("*_cases.jsonl")) for line in file.open("rb")]
    random.Random(1).shuffle(rows)
    return [(row["language"], _NEEDED | row["answers"]) for row in rows]


CASES = _cases()


def submit_many(url: str, *, clients: int, submissions: int) -> Figures:
    """Submits in all `submissions` reports from `clients` connections at a time."""
    with ThreadPoolExecutor(clients) as pool:
        times = sorted(pool.map(lambda number: _submit(url, number), range(submissions)))
    return Figures(p50=statistics.median(times), p95=times[int(len(times) * 0.95) - 1])


def _submit(url: str, number: int) -> float:
    language, answers = CASES[number % len(CASES)]
    path, headers = f"/{language}/report/", {"Accept-Encoding": "gzip", "Origin": url}
    started = time.perf_counter()
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", path, headers=headers)
    found = re.search(r'name="form_key" value="([^"]+)"', _text(connection.getresponse()))
    assert found, "no form key on the page"
    headers["Content-Type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    connection.request("POST", path, _multipart(answers | {"form_key": found[1]}), headers)
    assert 'id="code"' in _text(connection.getresponse()), "no receipt"
    connection.close()
    return 1000 * (time.perf_counter() - started)


def _text(answer: HTTPResponse) -> str:
    body = answer.read()
    assert answer.status == 200, answer.status
    assert answer.headers["Content-Encoding"] == "gzip"
    return gzip.decompress(body).decode()


def _multipart(answers: dict[str, str | list[str]]) -> bytes:
    parts = []
    for name, given in answers.items():
        for value in given if isinstance(given, list) else [given]:
            head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
            parts.append(f"{head}\r\n\r\n{value}\r\n")
    return "".join([*parts, f"--{_BOUNDARY}--\r\n"]).encode()
