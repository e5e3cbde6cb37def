"""E-mail addresses, web addresses and handles, as they are compared.

A handle is compared by its name alone, without the platform: "@name" rarely says where, and people keep
their name everywhere. So two people with one name on two platforms link falsely; officers see the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 500  # characters of one address that are looked at
# A word with a character in it that only addresses have; possessive (*+), so that no text is read twice.
_PART = r"[^\s<>\"“”„«»(){}\[\]|,;@.:]"
_ANY = r"[^\s<>\"“”„«»(){}\[\]|,;]"
_TOKEN = re.compile(rf"(?<!{_ANY}){_PART}*+[@.:]+(?=[\w/]){_ANY}*+")
_DISARMED = (
    ("[.]", "."),
    ("(.)", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("[at]", "@"),
    ("(at)", "@"),
    ("hxxp", "http"),
)
_EMAIL = re.compile(r"(?:mailto:)?([\w.%+\-]{1,64})@([\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8})")
_HANDLE = re.compile(r"(?=[\w.]*[A-Za-z])[A-Za-z0-9_](?:[A-Za-z0-9_.]{1,30})[A-Za-z0-9_]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]{1,15}):/{0,2}(?=\w)", re.IGNORECASE)
_HOST = re.compile(
    r"[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){0,8}\.(?:[a-z]{2,24}|xn--[a-z0-9\-]{1,59}|\d{1,3})"
)
# Without http:// only these endings make a word with a dot an address.
_ENDINGS = frozenset(
    ["com", "org", "net", "info", "biz", "io", "me", "nl", "by", "ru", "ua", "pl", "lt", "lv", "ee", "de"]
    + ["eu", "uk", "fr", "cz", "ge", "am", "kz", "su", "cc", "tv", "app", "dev", "site", "online", "xyz"]
    + ["top", "club", "pro", "news", "live", "shop", "link", "space", "store", "website", "gg", "рф", "бел"]
)
_KEPT_QUERY = re.compile(r"(?:^|&)((?:id|v|p|story_fbid|fbid)=[\w\-]{1,80})")
_PHONE_LINKS = {"wa.me", "t.me", "telegram.me", "api.whatsapp.com"}
# Where the first part of the path is somebody's name; the second value: parts that are no names.
_PROFILES = {
    "t.me": "joinchat c addlist addstickers share proxy socks iv login",
    "instagram.com": "p reel reels explore stories tv accounts direct",
    "facebook.com": "profile.php groups watch events share sharer story.php permalink.php photo photo.php"
    " pages people reel login",
    "vk.com": "feed im groups video away.php login",
    "ok.ru": "profile group video",
    "x.com": "i home search hashtag intent share",
    "tiktok.com": "",
    "youtube.com": "",
    "threads.net": "",
}
_SAME_HOST = {
    "telegram.me": "t.me",
    "telegram.dog": "t.me",
    "fb.com": "facebook.com",
    "vk.ru": "vk.com",
    "twitter.com": "x.com",
    "threads.com": "threads.net",
}
_AT_FIRST = {"tiktok.com", "youtube.com", "threads.net"}


def addresses(text: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """(kind, compared form, place) of each e-mail address, web address and handle."""
    for match in _TOKEN.finditer(text):
        token = match[0][:LONGEST].strip(".:!?…'’*_`~—–-=")
        found = _read(token)
        if found:
            yield *found, match.span()


def rearmed(text: str) -> str:
    """The text with "[.]", "(at)" and the like as they were meant."""
    for written, meant in _DISARMED if "[" in text or "(" in text or "hxxp" in text else ():
        text = text.replace(written, meant)
    return text


def _read(token: str) -> tuple[str, str] | None:
    if token.startswith("@"):
        return _handle(token[1:])
    if "@" in token and "/" not in token:
        match = _EMAIL.fullmatch(token)
        if match:
            host = _host_of(match[2])
            return ("email", f"{match[1].split('+')[0].lower()}@{host}") if host else None
        before, _, name = token.rpartition("@")
        return _handle(name) if before[-1:] in ":=/" else None  # Telegram:@name
    return _web(token)


def _handle(name: str) -> tuple[str, str] | None:
    return ("handle", name.lower()) if _HANDLE.fullmatch(name) else None


def _web(token: str) -> tuple[str, str] | None:
    scheme = _SCHEME.match(token)
    name = scheme[1].lower() if scheme else ""
    if name == "tg":
        domain = re.search(r"[?&]domain=(\w{3,32})", token)
        return _handle(domain[1]) if domain else None
    if scheme and name not in {"http", "https", "ftp"}:
        return _web(token[scheme.end() :])  # "site:example.org", "Instagram:name"
    rest = token[scheme.end() :] if scheme else token
    place, _, query = rest.split("#")[0].partition("?")
    written, slash, path = place.partition("/")
    host = _host_of(written.rpartition("@")[2].partition(":")[0])
    if not host or not (scheme or written.startswith("www.") or _plausible(written, slash)):
        return None
    return _of_platform(host, path.strip("/"), query) or ("url", _url(host, path, query))


def _plausible(host: str, slash: str) -> bool:
    ending = host.rpartition(".")[2]
    # "huis.De volgende" forgot a space; "huis.De/volgende" did not.
    return ending.lower() in _ENDINGS and (bool(slash) or ending == ending.lower())


def _host_of(written: str) -> str:
    host = written.lower().rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return ""
    for prefix in ("www.", "m.", "mobile."):
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
    host = _SAME_HOST.get(host, host)
    return host if _HOST.fullmatch(host) else ""


def _of_platform(host: str, path: str, query: str) -> tuple[str, str] | None:
    first, _, second = path.partition("/")
    number = first.lstrip("+") if host != "api.whatsapp.com" else query.partition("phone=")[2].strip("+ ")
    if host in _PHONE_LINKS and number.isdigit():
        from triage.selectors.phones import international

        phone = international(number)
        return ("phone", phone) if phone else None
    if host not in _PROFILES:
        return None
    if host == "instagram.com" and first == "stories" or host == "t.me" and first == "s":
        first = second.partition("/")[0]
    elif first in _PROFILES[host].split() or (host in _AT_FIRST and not first.startswith("@")):
        return None
    return _handle(first.lstrip("@"))


def _url(host: str, path: str, query: str) -> str:
    # The case of a path counts (invitations), the rest of a query is tracking.
    kept = "&".join(sorted(_KEPT_QUERY.findall(query)))
    return host + ("/" + path.rstrip("/") if path.rstrip("/") else "") + (f"?{kept}" if kept else "")
