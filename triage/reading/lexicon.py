"""The phrase notation, compiled once: phrases/*.toml to tables a matcher walks in linear time.

Notation of one phrase (docs/triage.md explains it to people who edit the phrases):
    knows where     two words next to each other
    no_one|nobody   an underscore joins words that count as one choice
    threat*         every word that starts so; without the star the word is exact
    *adres          every word that ends so
    who|which       either
    {relative}      any word of the list `relative` in [words] of the same file
    [very]          this word may be missing
    ~  ~~           up to 3, up to 7 words in between; `~` never crosses the end of a sentence
No regular expression is made of a phrase, so no phrase can backtrack: one step per word and slot.
"""

from __future__ import annotations

from dataclasses import dataclass

from triage.reading.letters import skeleton
from triage.reading.normalise import CYRILLIC, Word, fold

GAPS = {"~": 3, "~~": 7}
_HEAD = 3


class BadPhrase(ValueError):
    """A phrase that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a phrase: the atoms that fit, the gap before it, whether it may be missing."""

    atoms: frozenset[int]
    gap: int
    optional: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """One compiled phrase of one concept."""

    concept: str
    language: str
    slots: tuple[Slot, ...]
    denies: bool
    """Whether it contains a negation of its own; then a negation before it does not undo it."""


class Lexicon:
    """All phrases of all languages. Built by `add`, then only read (`atoms_of`, `starting`)."""

    def __init__(self) -> None:
        self._atoms: dict[tuple[str, str], int] = {}
        self._exact: dict[str, list[int]] = {}
        self._prefix: dict[str, list[int]] = {}
        self._suffix: dict[str, list[int]] = {}
        self._latin_exact: dict[str, list[int]] = {}
        self._latin_prefix: dict[str, list[int]] = {}
        self.starting: dict[int, list[Phrase]] = {}
        self.concepts: set[str] = set()
        self._heads: dict[str, int] = {}
        self._suffix_lengths: set[int] = set()

    def add(
        self, concept: str, language: str, phrase: str, words: dict[str, list[str]], denials: frozenset[int]
    ) -> None:
        """Adds a phrase; `denials` are the atoms of negations in its language. Raises BadPhrase."""
        for variant in _without_joints(phrase, words):
            self._add(concept, language, variant, words, denials)

    def _add(
        self, concept: str, language: str, phrase: str, words: dict[str, list[str]], denials: frozenset[int]
    ) -> None:
        slots: list[Slot] = []
        gap = 0
        for part in phrase.split():
            if part in GAPS:
                if not slots:
                    raise BadPhrase("starts with a gap")
                gap = GAPS[part]
                continue
            optional = part.startswith("[") and part.endswith("]")
            if optional and not slots:
                raise BadPhrase("starts with a word that may be missing")
            choices = _choices(part.strip("[]"), words)
            slots.append(Slot(frozenset(self.atom(choice) for choice in choices), gap, optional))
            gap = 0
        if not slots or gap:
            raise BadPhrase("empty, or ends with a gap")
        denies = any(slot.atoms & denials for slot in slots)
        compiled = Phrase(concept, language, tuple(slots), denies)
        self.concepts.add(concept)
        for atom in slots[0].atoms:
            self.starting.setdefault(atom, []).append(compiled)

    def atom(self, written: str) -> int:
        """The number of one written word, stem (`so*`) or ending (`*so`). Raises BadPhrase."""
        kind, text = "exact", written
        if written.endswith("*"):
            kind, text = "prefix", written[:-1]
        elif written.startswith("*"):
            kind, text = "suffix", written[1:]
        folded = fold(text)
        if not folded or "*" in folded or any(sign in folded for sign in "{}[]~|"):
            raise BadPhrase(f"cannot read {written!r}")
        if kind == "prefix" and len(folded) > 4:
            # "готовь*" must fit "готовься": folding drops the soft sign there.
            folded = folded.rstrip("ь")
        key = (kind, folded)
        if key in self._atoms:
            return self._atoms[key]
        number = self._atoms[key] = len(self._atoms)
        table = {"exact": self._exact, "prefix": self._prefix, "suffix": self._suffix}[kind]
        table.setdefault(folded, []).append(number)
        if kind == "prefix":
            head = folded[:_HEAD]
            self._heads[head] = max(self._heads.get(head, _HEAD), len(folded))
        elif kind == "suffix":
            self._suffix_lengths.add(len(folded))
        if CYRILLIC.search(folded) and kind != "suffix":
            latin = self._latin_exact if kind == "exact" else self._latin_prefix
            latin.setdefault(skeleton(folded), []).append(number)
        return number

    def atoms_of(self, word: Word) -> frozenset[int]:
        """Every atom this word fits."""
        text = word.folded
        found = list(self._exact.get(text, ()))
        # The first letters of most words show at once that no stem fits.
        longest = self._heads.get(text[:_HEAD], _HEAD - 1)
        for length in range(1, min(len(text), longest) + 1):
            found += self._prefix.get(text[:length], ())
        for length in self._suffix_lengths:
            found += self._suffix.get(text[-length:], ())
        for reading in word.readings:
            found += self._latin_exact.get(reading, ())
            for length in range(2, len(reading) + 1):
                found += self._latin_prefix.get(reading[:length], ())
        return frozenset(found)

    def possible(self, present: frozenset[int]) -> dict[int, list[Phrase]]:
        """Per first atom the phrases whose every needed word is somewhere in the account."""
        found: dict[int, list[Phrase]] = {}
        for atom in present & self.starting.keys():
            alive = [
                phrase
                for phrase in self.starting[atom]
                if all(slot.optional or not slot.atoms.isdisjoint(present) for slot in phrase.slots[1:])
            ]
            if alive:
                found[atom] = alive
        return found

    @staticmethod
    def match(phrase: Phrase, words: list[Word], atoms: list[frozenset[int]], start: int) -> int | None:
        """The index of the last word of `phrase` found at `start`, or None; the nearest word per slot."""
        sentence = words[start].sentence
        count = len(words)
        last = start
        for slot in phrase.slots[1:]:
            wanted = slot.atoms
            index = last + 1
            end = index + 1 + slot.gap
            while index < end and index < count and words[index].sentence == sentence:
                if not wanted.isdisjoint(atoms[index]):
                    last = index
                    break
                index += 1
            else:
                if not slot.optional:
                    return None
        return last


def _choices(part: str, words: dict[str, list[str]]) -> list[str]:
    choices: list[str] = []
    for choice in part.split("|"):
        if choice.startswith("{") and choice.endswith("}"):
            if choice[1:-1] not in words:
                raise BadPhrase(f"no word list {choice}")
            choices += _choices("|".join(words[choice[1:-1]]), words)
        else:
            choices.append(choice)
    return choices


def _without_joints(phrase: str, words: dict[str, list[str]]) -> list[str]:
    """The phrase as several: each choice of joined words becomes words next to each other."""
    variants: list[list[str]] = [[]]
    for part in phrase.split():
        optional = part.startswith("[")
        choices = _choices(part.strip("[]"), words)
        joined = [choice.replace("_", " ") for choice in choices if "_" in choice]
        plain = "|".join(choice for choice in choices if "_" not in choice)
        if joined and optional:
            raise BadPhrase("joined words cannot be missing")
        forms = ([f"[{plain}]" if optional else plain] if plain else []) + joined
        variants = [[*variant, form] for variant in variants for form in forms]
    return [" ".join(variant) for variant in variants]
