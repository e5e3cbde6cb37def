"""What a browser may load and do on a page of each site (Content-Security-Policy)."""

from __future__ import annotations

from csp.constants import NONE, SELF

_CSP = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}
PUBLIC = {
    "DIRECTIVES": {
        **_CSP,
        "img-src": [SELF],
        "font-src": [NONE],
        "script-src": [NONE],
        "connect-src": [NONE],
        "object-src": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
}
STAFF = {"DIRECTIVES": {**_CSP, "script-src": [SELF], "connect-src": [SELF]}}
