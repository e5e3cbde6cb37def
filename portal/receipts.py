"""What a receipt page shows, and the signed token that lets it be shown in another language.

The page is the answer to a POST and exists once: a link to another language
would lose the code. So it carries its own content in a hidden field, signed and
dated; somebody who has it has the page as well. Nothing is stored.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from django.conf import settings
from django.core import signing

from reports.sealing import receipt_code
from reports.vault import bundle

_SALT = "portal.receipts"


@dataclass(frozen=True)
class Shown:
    """The content of a receipt page: the code and what decides which advice fits."""

    code: str = field(repr=False)
    repeated: bool
    danger: bool
    threatened: bool
    demonstration: bool
    minor: bool
    kinds: tuple[str, ...]
    report: str = field(default="", repr=False)  # its id, for files that are sent again

    @property
    def code_groups(self) -> list[str]:
        return receipt_code.show(self.code).split()


def token(shown: Shown) -> str:
    """The page's content as a hidden field."""
    return signing.dumps(asdict(shown), key=bundle.public().form_secret, salt=_SALT)


def read(value: str) -> Shown:
    """The content of a token we gave out; raises BadSignature for any other, and for one that is too old."""
    content = signing.loads(
        value, key=bundle.public().form_secret, salt=_SALT, max_age=settings.FORM_KEY_MAX_AGE
    )
    return Shown(**{**content, "kinds": tuple(content["kinds"])})
