"""What an account says about people, places and times, as signals with quotations.

Source: docs/policy.md, Languages; docs/triage.md, Signals.
In two steps: *phrases* (per language) find concepts such as "a service", "my
child", "knows where"; *combinations* (one table for all languages) say which concepts, said close together,
make a signal. Classes are of three groups: danger (may raise), state (may add the OBI approach), topic (may
only suggest a type).
Fixed, human-written rules; nothing is learned. A signal can only add or raise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.reading.lexicon import Lexicon
from triage.reading.normalise import Word, words_of

LONGEST_QUOTE = 160
# Frames: what stops words from counting. "told": news, film, play, book; "story": words of plays and
# lessons; "solved": explained and over; "turned_out": "it turned out"; "all_clear": nothing is wrong;
# "denied": nobody threatened, followed, called; "idiom": a figure of speech; "know_not": no denial.
FRAMES = ("told", "story", "solved", "turned_out", "all_clear", "denied", "idiom", "know_not")
_NEGATION_WINDOW = 3
_NOBODY_WINDOW = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept found: its words from `first` to `last` (indexes), in which sentence."""

    concept: str
    first: int
    last: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Combination:
    """Concepts that make a signal when every group has a hit within `within` sentences of each other."""

    signal: str
    groups: tuple[frozenset[str], ...]
    without: frozenset[str]
    nowhere: frozenset[str]
    within: int


@dataclass(frozen=True, slots=True)
class Signal:
    """A class found in an account, with the words as they were written."""

    name: str
    quote: str


class Signals:
    """The compiled phrases and combinations; `find` reads one account."""

    def __init__(
        self,
        lexicon: Lexicon,
        combinations: tuple[Combination, ...],
        classes: dict[str, str],
        suggests: dict[str, tuple[str, ...]],
        steady: frozenset[str],
        denials: dict[str, frozenset[int]],
        reach: dict[str, int],
        alarming: frozenset[str] = frozenset(),
        outlasting: frozenset[str] = frozenset(),
    ) -> None:
        self.lexicon = lexicon
        self.combinations = combinations
        self.classes = classes
        self.suggests = suggests
        self._steady = steady
        self._denials = denials
        self._reach = reach
        self._alarming = alarming
        self._outlasting = outlasting

    def find(self, account: str) -> tuple[Signal, ...]:
        """The signals in an account, each class once, in order of class. Linear in its length."""
        words = words_of(account)
        hits = self._unframed(self._hits(words))
        by_sentence: dict[int, dict[str, Hit]] = {}
        for hit in hits:
            by_sentence.setdefault(hit.sentence, {}).setdefault(hit.concept, hit)
        present = frozenset(hit.concept for hit in hits)
        found: dict[str, str] = {}
        for combination in self.combinations:
            if combination.signal in found or not combination.nowhere.isdisjoint(present | found.keys()):
                continue
            if any(group.isdisjoint(present) for group in combination.groups):
                continue
            parts = _first_place(combination, by_sentence)
            if parts:
                found[combination.signal] = _quote(account, words, parts)
        return tuple(Signal(name, found[name]) for name in self.classes if name in found)

    def _hits(self, words: list[Word]) -> list[Hit]:
        lexicon = self.lexicon
        seen: dict[tuple[str, tuple[str, ...]], frozenset[int]] = {}
        atoms: list[frozenset[int]] = []
        for word in words:
            key = (word.folded, word.readings)
            if key not in seen:
                seen[key] = lexicon.atoms_of(word)
            atoms.append(seen[key])
        starting = lexicon.possible(frozenset().union(*seen.values()))
        hits: list[tuple[Hit, str, bool]] = []
        for index, fitting in enumerate(atoms):
            for atom in fitting:
                for phrase in starting.get(atom, ()):
                    last = index if len(phrase.slots) == 1 else lexicon.match(phrase, words, atoms, index)
                    if last is not None:
                        hit = Hit(phrase.concept, index, last, words[index].sentence)
                        hits.append((hit, phrase.language, phrase.denies))
        # "I do not know who follows me" denies nothing.
        no_denial = {
            i for hit, _, _ in hits if hit.concept == "know_not" for i in range(hit.first, hit.last + 1)
        }
        return [
            hit
            for hit, language, denies in sorted(hits, key=lambda found: found[0].first)
            if denies
            or hit.concept in self._steady
            or not self._denied(hit, language, words, atoms, no_denial)
        ]

    def _denied(
        self, hit: Hit, language: str, words: list[Word], atoms: list[frozenset[int]], no_denial: set[int]
    ) -> bool:
        before = range(max(0, hit.first - _NEGATION_WINDOW), hit.first)
        nobody = self._denials[f"{language} nobody"]
        far = range(max(0, hit.first - _NOBODY_WINDOW), hit.first)
        after = range(hit.last + 1, min(len(words), hit.last + 1 + self._reach[language]))
        clause = words[hit.first].clause
        denials = self._denials[language]
        if any(not denials.isdisjoint(atoms[index]) for index in range(hit.first + 1, hit.last)):
            return True
        # ... unless it is the knowing itself that is found: "I do not know where".
        free = set() if hit.first in no_denial else no_denial
        for index in before:
            if words[index].clause == clause and index not in free and not denials.isdisjoint(atoms[index]):
                return True
        if any(words[i].clause == clause and i not in free and not nobody.isdisjoint(atoms[i]) for i in far):
            return True
        # "угроз не было", "пагроз няма": Slavic denies after the noun as well.
        after_denials = self._denials.get(f"{language} after")
        stops = self._denials.get(f"{language} stops", frozenset())
        if after_denials:
            for index in after:
                if words[index].clause != words[hit.last].clause or not stops.isdisjoint(atoms[index]):
                    break
                if not after_denials.isdisjoint(atoms[index]):
                    return True
        return False

    def _unframed(self, hits: list[Hit]) -> list[Hit]:
        frames: dict[str, list[Hit]] = {name: [] for name in FRAMES}
        alarming: dict[int, int] = {}
        for hit in hits:
            if hit.concept in frames:
                frames[hit.concept].append(hit)
            elif hit.concept in self._alarming:
                alarming[hit.sentence] = max(hit.last, alarming.get(hit.sentence, -1))
        if _explained(frames, alarming):
            return []
        story = _told(frames)
        told = {hit.sentence for hit in frames["told"]}
        idiom = {index for hit in frames["idiom"] for index in range(hit.first, hit.last + 1)}
        return [
            hit
            for hit in hits
            if hit.concept not in frames
            and hit.sentence not in told
            and (not story or hit.concept in self._outlasting)
            and (not idiom or idiom.isdisjoint(range(hit.first, hit.last + 1)))
        ]


def _sentences(hits: list[Hit]) -> int:
    return len({hit.sentence for hit in hits})


def _explained(frames: dict[str, list[Hit]], alarming: dict[int, int]) -> bool:
    """Whether the account says that all of it is explained and over."""
    solved = _sentences(frames["solved"])
    # "It turned out that I was tried without me" explains nothing away.
    turned_out = _sentences(
        [hit for hit in frames["turned_out"] if alarming.get(hit.sentence, -1) <= hit.last]
    )
    calm = bool(frames["all_clear"])
    return (
        solved + turned_out >= 2
        or (solved > 0 and (calm or bool(frames["denied"])))
        or (turned_out > 0 and calm)
    )


def _told(frames: dict[str, list[Hit]]) -> bool:
    """Whether the account retells: a story, and the teller says that all is well."""
    told, story = _sentences(frames["told"]), _sentences(frames["story"])
    if frames["all_clear"]:
        return told > 0 or story > 1
    return bool(frames["denied"]) and told + story > 1


def _first_place(combination: Combination, by_sentence: dict[int, dict[str, Hit]]) -> list[Hit] | None:
    anchor, *others = combination.groups
    reach = combination.within
    for sentence in by_sentence:
        hit = next((by_sentence[sentence][c] for c in sorted(anchor) if c in by_sentence[sentence]), None)
        if hit is None:
            continue
        near = [by_sentence[s] for s in _near(sentence, reach, by_sentence)]
        if combination.without and any(not combination.without.isdisjoint(place) for place in near):
            continue
        parts = [hit]
        for group in others:
            other = next((place[c] for place in near for c in sorted(group) if c in place), None)
            if other is None:
                break
            parts.append(other)
        else:
            return parts
    return None


def _near(sentence: int, reach: int, by_sentence: dict[int, dict[str, Hit]]) -> Iterable[int]:
    if reach < 0:
        return by_sentence
    order = sorted(range(sentence - reach, sentence + reach + 1), key=lambda other: abs(other - sentence))
    return (other for other in order if other in by_sentence)


def _quote(account: str, words: list[Word], parts: list[Hit]) -> str:
    spans = sorted({(words[hit.first].start, words[hit.last].end) for hit in parts})
    if spans[-1][1] - spans[0][0] <= LONGEST_QUOTE:
        return account[spans[0][0] : max(end for _, end in spans)]
    return " … ".join(account[start:end] for start, end in spans)[: LONGEST_QUOTE * 2]
