"""A browser without scripts, for tests that talk to the real sites over HTTP."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.services import PATIENCE

Sent = tuple[str, str, bytes]  # a file: its name, what the browser calls its type, its content
_BORDER = "grens-tussen-velden"


class Visitor:
    """Keeps cookies and sends the hidden fields of the last page along, as a form does."""

    def __init__(self, site: str) -> None:
        self._site = site
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.status = 0
        self.page = ""
        self.content = b""  # the page before it was decoded: a download is one too

    def get(self, path: str) -> str:
        """The page at this path; errors are pages too (see `status`)."""
        return self._answer(Request(self._site + path))

    def post(
        self, path: str, answers: Mapping[str, str | Sequence[str]], files: Sequence[Sent] | None = None
    ) -> str:
        """Sends the answers with the hidden fields of the page seen last; `files` make it multipart."""
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page))
        fields = {name: html.unescape(value) for name, value in hidden.items()} | dict(answers)
        if files is None:
            return self._answer(Request(self._site + path, urlencode(fields, doseq=True).encode()))
        kind = {"Content-Type": f"multipart/form-data; boundary={_BORDER}"}
        return self._answer(Request(self._site + path, _multipart(fields, files), kind))

    def _answer(self, request: Request) -> str:
        try:
            response = self._opener.open(request, timeout=PATIENCE)
        except HTTPError as error:
            response = error
        with response:
            self.status = response.status or 0
            self.content = response.read()
            self.page = html.unescape(self.content.decode(errors="replace"))
        return self.page


def _multipart(fields: Mapping[str, str | Sequence[str]], files: Sequence[Sent]) -> bytes:
    parts = []
    for name, value in fields.items():
        values = [value] if isinstance(value, str) else value
        parts += [f'name="{name}"\r\n\r\n{each}'.encode() for each in values]
    for name, kind, content in files:
        head = f'name="files"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        parts.append(head.encode() + content)
    lead = f"--{_BORDER}\r\nContent-Disposition: form-data; ".encode()
    return b"".join(lead + part + b"\r\n" for part in parts) + f"--{_BORDER}--\r\n".encode()
