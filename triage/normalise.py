"""From the account to words that can be compared, each with its place in the original text.

Source: policy section 7 (matching advice). Folding: NFKC, case, apostrophes, ё=е, ў=у, і=и, the soft sign
of taraškievica; Latin letters hidden in a Cyrillic word; Latin-script Russian and Belarusian (Łacinka) are
read back into Cyrillic. Words are cut from the *original* text, so every hit can quote what was really written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

# Combining marks and invisible joiners belong to a word; the apostrophe only between letters.
_LETTER = "[^\\W_]"
_INSIDE = "[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]"
_PIECE = re.compile(
    rf"(?P<word>{_LETTER}(?:{_LETTER}|{_INSIDE}|['’ʼ‘`´](?={_LETTER}))*)|(?P<end>[.!?…\n;]+)|(?P<comma>[,:()—–«»“”„\"])"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff'’ʼ‘`´]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[a-z]")
_SOFT_BEFORE_CONSONANT = re.compile("ь(?=[бвгджзйклмнпрстфхцчшщ])")
_FOLD = str.maketrans({"ё": "е", "ў": "у", "і": "и", "ґ": "г", "ї": "и", "є": "е", "ъ": None})
_LOOKALIKES = str.maketrans("aceopxykmthbni", "асеорхукмтнвпи")
# Marks that tell Łacinka from Dutch or English; folding keeps them.
_LACINKA_MARKS = re.compile("[čšžŭćśźńł]")
LONGEST_WORD = 40
"""Letters of a word that are looked at; the rest of a longer one is noise."""


@dataclass(slots=True)
class Word:
    """One word: folded form, skeletons when it is Slavic in Latin letters, and its place in the text."""

    folded: str
    start: int
    end: int
    sentence: int
    clause: int
    readings: tuple[str, ...] = field(default=())


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """The comparable form of one word, for phrases and accounts alike."""
    text = unicodedata.normalize("NFKC", word[: LONGEST_WORD * 2]).casefold()
    text = _INVISIBLE.sub("", text)
    if _CYRILLIC.search(text):
        if _LATIN.search(text):
            text = text.translate(_LOOKALIKES)
        text = _SOFT_BEFORE_CONSONANT.sub("", text.translate(_FOLD))
    return text[:LONGEST_WORD]


def words_of(account: str) -> list[Word]:
    """The words of the account in order, numbered by sentence and clause."""
    words: list[Word] = []
    sentence = clause = 0
    for piece in _PIECE.finditer(account):
        kind = piece.lastgroup
        if kind == "word":
            folded = fold(piece[0])
            if folded:
                words.append(Word(folded, piece.start(), piece.end(), sentence, clause))
        elif kind == "end":
            # "6.50", "t.me", "06-1234...": a full stop between two signs ends no sentence.
            after = account[piece.end() : piece.end() + 1]
            if piece[0] == "." and after and not after.isspace():
                continue
            sentence += 1
            clause += 1
        else:
            clause += 1
    _read_latin_slavic(words)
    return words


# Common small words of Russian and Belarusian in Latin letters that are no Dutch or English words.
_SLAVIC_SMALL = frozenset(
    "chto shto što eto ya mne mnie menya mianie oni yany jany moy moi moya moj maja majo tebya ciabie kak jak "
    "kogda kali budet budzie skazal skazala skazali kazali uzhe uzo užo vchera uchora učora segodnya sionnia "
    "siońnia zavtra zautra zaŭtra prosto prosta mozhet moza moža ego jaho yaho ih ich kto khto chto chtoby kab "
    "nas nam ili tolko tolki eta heta hety gde dzie ot iz dlya dla no ale nichego ničoha pisali pishut pišuć "
    "on ona jana yana tam tut zdes ochen vielmi posle paśla potom potym esli jesli pro menia mama mamu mne ne "
    "nie u v na po za s z da do so sa i a my vy ty".split()
)
_SHARED = frozenset("on no a i u v na po za s z da do so sa my vy ty nie ne eta pro nam nas ich ja jak kali kak".split())
_GERMANIC_SMALL = frozenset(
    "the and is was to of that it for with are this have from de het een en van ik dat die niet op te voor met zijn "
    "er maar om aan heb naar wij".split()
)


def _read_latin_slavic(words: list[Word]) -> None:
    sure = sum(1 for w in words if _LACINKA_MARKS.search(w.folded) or w.folded in _SLAVIC_SMALL - _SHARED)
    if sure < 2:
        return
    by_sentence: dict[int, list[Word]] = {}
    for word in words:
        by_sentence.setdefault(word.sentence, []).append(word)
    for sentence in by_sentence.values():
        germanic = sum(1 for w in sentence if w.folded in _GERMANIC_SMALL)
        slavic = sum(1 for w in sentence if w.folded in _SLAVIC_SMALL or _LACINKA_MARKS.search(w.folded))
        if germanic > slavic:
            continue
        for word in sentence:
            if not _CYRILLIC.search(word.folded):
                word.readings = readings(word.folded)


_RUSSIAN = (
    "shch щ sch щ zh ж kh х ts ц ch ч sh ш yu ю ya я yo е ye е ju ю ja я jo е je е ia я iu ю ie е a а b б c ц d д e е f ф "
    "g г h х i и j й k к l л m м n н o о p п q к r р s с t т u у v в w в x х y и z з č ч š ш ž ж ŭ у ć ц ś с ź з ń н ł л"
)
_LACINKA = (
    "ch х dž дж ja я ju ю jo е je е ia я iu ю io е ie е č ч š ш ž ж ŭ у ć ц ś с ź з ń н ł л a а b б c ц d д e е f ф "
    "g г h г i и j й k к l л m м n н o о p п q к r р s с t т u у v в w в x х y и z з"
)


def _reader(table: str) -> tuple[re.Pattern[str], dict[str, str]]:
    parts = table.split()
    pairs = dict(zip(parts[::2], parts[1::2], strict=True))
    return re.compile("|".join(sorted(pairs, key=len, reverse=True))), pairs


_READERS = (_reader(_RUSSIAN), _reader(_LACINKA))


@lru_cache(maxsize=4096)
def readings(folded: str) -> tuple[str, ...]:
    """Cyrillic skeletons of a Latin word, read as transliterated Russian and as Łacinka."""
    found = []
    for pattern, pairs in _READERS:
        found.append(skeleton(pattern.sub(lambda hit, pairs=pairs: pairs[hit[0]], folded)))  # type: ignore[misc]
    return tuple(dict.fromkeys(found))


_SKELETON = str.maketrans({"ы": "и", "й": "и", "э": "е", "щ": "ш", "ь": None, "ъ": None, "х": "г", "ю": "у", "я": "а"})


@lru_cache(maxsize=8192)
def skeleton(folded: str) -> str:
    """A Cyrillic form without the differences that Latin spelling loses (ы/й/и, э/е, щ/ш, х/г, ю/у, я/а, signs)."""
    return folded.translate(_SKELETON)
