"""Russian and Belarusian in Latin letters, read back into a Cyrillic skeleton that phrases are compared with.

Source: docs/policy.md, Languages. Belarusian comes in Łacinka, Russian in Latin letters too (ugrozhayut).
"""

from __future__ import annotations

import re

LACINKA_MARKS = re.compile("[čšžŭćśźńł]")
"""Letters that Łacinka has, and Dutch and English do not; folding keeps them."""


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\S+", text))


# Common small words of Russian and Belarusian in Latin letters.
SLAVIC_SMALL = _words(
    "chto shto što eto ya mne mnie menya mianie oni yany jany moy moi moya moj maja majo tebya ciabie kak "
    "jak  kogda kali budet budzie skazal skazala skazali kazali uzhe uzo užo vchera uchora učora segodnya "
    "sionnia  siońnia zavtra zautra zaŭtra prosto prosta mozhet moza moža ego jaho yaho ih ich kto khto "
    "chto chtoby kab  nas nam ili tolko tolki eta heta hety gde dzie ot iz dlya dla no ale nichego ničoha "
    "pisali pishut pišuć  on ona jana yana tam tut zdes ochen vielmi posle paśla potom potym esli jesli "
    "pro menia mama mamu mne ne  nie u v na po za s z da do so sa i a my vy ty"
)
# Of these the ones that are Dutch or English words as well: they prove nothing alone.
_SHARED = _words("on no a i u v na po za s z da do so sa my vy ty nie ne eta pro nam nas ich ja jak kali kak")
SLAVIC_SURE = SLAVIC_SMALL - _SHARED
GERMANIC_SMALL = _words(
    "the and is was to of that it for with are this have from de het een en van ik dat die niet op te voor "
    "met zijn er maar om aan heb naar wij"
)

_RUSSIAN = (
    "shch щ sch щ zh ж kh х ts ц ch ч sh ш yu ю ya я yo е ye е ju ю ja я jo е je е ia я iu ю ie е "
    "a а b б c ц d д e е f ф g г h х i и j й k к l л m м n н o о p п q к r р s с t т u у v в w в x х y и z з "
    "č ч š ш ž ж ŭ у ć ц ś с ź з ń н ł л"
)
_LACINKA = (
    "ch х dž дж ja я ju ю jo е je е ia я iu ю io е ie е č ч š ш ž ж ŭ у ć ц ś с ź з ń н ł л "
    "a а b б c ц d д e е f ф g г h г i и j й k к l л m м n н o о p п q к r р s с t т u у v в w в x х y и z з"
)


def _reader(table: str) -> tuple[re.Pattern[str], dict[str, str]]:
    parts = table.split()
    pairs = dict(zip(parts[::2], parts[1::2], strict=True))
    return re.compile("|".join(sorted(pairs, key=len, reverse=True))), pairs


_READERS = (_reader(_RUSSIAN), _reader(_LACINKA))
_SKELETON = str.maketrans(
    {"ы": "и", "й": "и", "э": "е", "щ": "ш", "ь": None, "ъ": None, "х": "г", "ю": "у", "я": "а"}
)


def readings(folded: str) -> tuple[str, ...]:
    """Cyrillic skeletons of a Latin word, read as transliterated Russian and as Łacinka."""
    found = []
    for pattern, pairs in _READERS:
        cyrillic = pattern.sub(lambda hit, pairs=pairs: pairs[hit[0]], folded)  # type: ignore[misc]
        found.append(skeleton(cyrillic))
    return tuple(dict.fromkeys(found))


def skeleton(folded: str) -> str:
    """A Cyrillic form without what Latin spelling loses: ы/й/и, э/е, щ/ш, х/г, ю/у, я/а, ь and ъ."""
    return folded.translate(_SKELETON)
