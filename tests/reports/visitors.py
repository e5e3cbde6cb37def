"""A browser without scripts, for tests that talk to the real sites over HTTP."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener


class Visitor:
    """Keeps cookies and sends the hidden fields of the last page along, as a form does."""

    def __init__(self, site: str) -> None:
        self._site = site
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.status = 0
        self.page = ""

    def get(self, path: str) -> str:
        """The page at this path; errors are pages too (see `status`)."""
        return self._answer(Request(self._site + path))

    def post(self, path: str, answers: Mapping[str, str | Sequence[str]]) -> str:
        """Sends the answers with the hidden fields of the page seen last."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page))
        fields = {name: html.unescape(value) for name, value in hidden.items()} | dict(answers)
        return self._answer(Request(self._site + path, urlencode(fields, doseq=True).encode()))

    def _answer(self, request: Request) -> str:
        try:
            response = self._opener.open(request, timeout=20)
        except HTTPError as error:
            response = error
        with response:
            self.status = response.status or 0
            self.page = html.unescape(response.read().decode())
        return self.page
