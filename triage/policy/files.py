"""Reading the files of the policy, and the one error they raise."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class BrokenPolicy(Exception):
    """The policy cannot be used. The message is one line: file, rule or phrase, reason."""

    def __init__(self, file: str, what: str, reason: str) -> None:
        where = f"{file}, {what}" if what else file
        super().__init__(" ".join(f"{where}: {reason}".split()))


@dataclass(frozen=True)
class Document:
    """A paper: its id in `ground.document`, its Dutch title and its text with white space folded."""

    id: str
    title: str
    text: str


_DOCUMENTS = {
    "answers-2021-07-16": (
        "seed-a-answers-2021-07-16.txt",
        "Antwoorden op Kamervragen, ontvangen 16 juli 2021",
    ),
    "letter-2892": ("seed-b-letter-2892-2022-05-12.txt", "Brief nr. 2892 van 12 mei 2022"),
}
PORTAL = "portal"
"""The document id of a rule that rests on no paper: the portal's own rule."""


def read_toml(path: Path, texts: list[bytes]) -> dict[str, Any]:
    """A TOML file as a table; its bytes are appended to `texts` for the version. Raises BrokenPolicy."""
    try:
        raw = path.read_bytes()
        table = tomllib.loads(raw.decode())
    except OSError as error:
        raise BrokenPolicy(path.name, "", f"cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenPolicy(path.name, "", str(error)) from error
    texts.append(raw)
    return table


def read_documents(folder: Path) -> dict[str, Document]:
    """The two papers by their id. Raises BrokenPolicy when one is missing."""
    documents = {}
    for key, (name, title) in _DOCUMENTS.items():
        try:
            text = (folder / name).read_text(encoding="utf-8")
        except OSError as error:
            raise BrokenPolicy(name, "", f"cannot be read ({error.strerror})") from error
        documents[key] = Document(key, title, " ".join(text.split()))
    return documents
