"""Values for every page of the public site: whether the connection is safe, languages, the exit link."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port


@dataclass(frozen=True)
class OtherLanguage:
    """A link to the same page in another language; `name` is in that language."""

    code: str
    name: str
    path: str
    current: bool


def of_the_page(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the public site. Reads nothing but the address that was asked for."""
    return {
        "languages": [
            OtherLanguage(code, name, _in_language(request.path, code), request.path.startswith(f"/{code}/"))
            for code, name in settings.LANGUAGES
        ],
        "connection_unsafe": connection_is_unsafe(request),
        "contacts": settings.CONTACTS,
        "trial": settings.TRIAL,
    }


def connection_is_unsafe(request: HttpRequest) -> bool:
    """True when others on the network can read the page: neither https, nor .onion, nor this same machine."""
    if request.is_secure():
        return False
    try:
        host, _port = split_domain_port(request.get_host())
    except DisallowedHost:
        return True
    if host == "localhost" or host.endswith(".onion"):
        return False
    try:
        return not ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return True


def _in_language(path: str, code: str) -> str:
    """The same path in another language; an unknown address leads to the start page."""
    first, _slash, rest = path.lstrip("/").partition("/")
    return f"/{code}/{rest}" if first in dict(settings.LANGUAGES) else f"/{code}/"
