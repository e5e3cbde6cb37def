"""From the account to words that can be compared, each with its place in the original text.

Source: docs/policy.md, Languages. Folding: NFKC, case, apostrophes, ё=е, ў=у, і=и, the soft sign
of taraškievica; Latin letters hidden in a Cyrillic word; Latin-script Russian and Belarusian (Łacinka) are
read back into Cyrillic (letters.py). Words are cut from the *original* text, so a hit can quote what was
really written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from triage.reading.letters import GERMANIC_SMALL, LACINKA_MARKS, SLAVIC_SMALL, SLAVIC_SURE, readings

# Combining marks and invisible joiners belong to a word; the apostrophe only between letters.
_LETTER = "[^\\W_]"
_INSIDE = "[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]"
_PIECE = re.compile(
    rf"(?P<word>{_LETTER}(?:{_LETTER}|{_INSIDE}|['’ʼ‘`´](?={_LETTER}))*)|(?P<end>[.!?…\n;]+)|(?P<comma>[,:()—–«»“”„\"])"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff'’ʼ‘`´]")
CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[a-z]")
_SOFT_BEFORE_CONSONANT = re.compile("ь(?=[бвгджзйклмнпрстфхцчшщ])")
_FOLD = str.maketrans({"ё": "е", "ў": "у", "і": "и", "ґ": "г", "ї": "и", "є": "е", "ъ": None})
_LOOKALIKES = str.maketrans("aceopxykmthbni", "асеорхукмтнвпи")
LONGEST_WORD = 40
"""Letters of a word that are looked at; the rest of a longer one is left out."""


@dataclass(slots=True)
class Word:
    """One word: folded form, skeletons when it is Slavic in Latin letters, and its place in the text."""

    folded: str
    start: int
    end: int
    sentence: int
    clause: int
    readings: tuple[str, ...] = field(default=())


def fold(word: str) -> str:
    """The comparable form of one word, for phrases and accounts alike."""
    text = unicodedata.normalize("NFKC", word[: LONGEST_WORD * 2]).casefold()
    text = _INVISIBLE.sub("", text)
    if CYRILLIC.search(text):
        if _LATIN.search(text):
            text = text.translate(_LOOKALIKES)
        text = _SOFT_BEFORE_CONSONANT.sub("", text.translate(_FOLD))
    return text[:LONGEST_WORD]


def words_of(account: str) -> list[Word]:
    """The words of the account in order, numbered by sentence and clause."""
    words: list[Word] = []
    # Known words of this one account: nothing of an account is kept after its assessment.
    folds: dict[str, str] = {}
    sentence = clause = 0
    for piece in _PIECE.finditer(account):
        kind = piece.lastgroup
        if kind == "word":
            written = piece[0]
            folded = folds[written] if written in folds else folds.setdefault(written, fold(written))
            if folded:
                words.append(Word(folded, piece.start(), piece.end(), sentence, clause))
        elif kind == "end":
            # "6.50", "t.me", "06-1234...": a full stop between two characters ends no sentence.
            after = account[piece.end() : piece.end() + 1]
            if piece[0] == "." and after and not after.isspace():
                continue
            sentence += 1
            clause += 1
        else:
            clause += 1
    _read_latin_slavic(words, bool(LACINKA_MARKS.search(account.casefold())))
    return words


def _read_latin_slavic(words: list[Word], marked: bool) -> None:
    """Gives Latin words of a Slavic sentence their readings; `marked`: the account has letters of Łacinka."""
    different = {word.folded for word in words}
    lacinka = {folded for folded in different if LACINKA_MARKS.search(folded)} if marked else set()
    sure, small = SLAVIC_SURE | lacinka, SLAVIC_SMALL | lacinka
    if sum(1 for word in words if word.folded in sure) < 2:
        return
    known: dict[str, tuple[str, ...]] = {}
    by_sentence: dict[int, list[Word]] = {}
    for word in words:
        by_sentence.setdefault(word.sentence, []).append(word)
    for sentence in by_sentence.values():
        germanic = sum(1 for word in sentence if word.folded in GERMANIC_SMALL)
        slavic = sum(1 for word in sentence if word.folded in small)
        if not slavic or germanic > slavic:
            continue
        for word in sentence:
            if not CYRILLIC.search(word.folded):
                word.readings = known.setdefault(word.folded, ()) or readings(word.folded)
                known[word.folded] = word.readings
