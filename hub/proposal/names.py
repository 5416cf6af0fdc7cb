"""How well a vendor's name fits a canonical field."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from hub.drift.renames import parts
from hub.drift.shape import Path
from hub.proposal.words import LITTLE, OWN, VAGUE, VOCABULARY

Words = tuple[str, ...]

_TYPO = 0.87
"""How alike two long names must be to be one that is misspelt."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to call a field. `weak`: it often means something else."""

    words: Words
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What a field is called, and words that no name of it has."""

    phrases: tuple[Phrase, ...]
    never: frozenset[str]


@cache
def words(name: str) -> Words:
    """The words of a name: small letters, no accents, digits apart, without little words."""
    folded = unicodedata.normalize("NFD", name)
    ascii_name = "".join(letter for letter in folded if not unicodedata.combining(letter))
    found = [word for part in parts(ascii_name) for word in re.findall(r"\d+|[^\d]+", part)]
    return tuple(word for word in found if word not in LITTLE) or tuple(found)


@cache
def entry(field: str) -> Entry:
    """The entry of a field, `a.b` for a part; its own name is always one of the phrases."""
    said = [" ".join(part.split()) for part in VOCABULARY.get(field, "").split(",") if part.strip()]
    own = words(field.rpartition(".")[2])
    phrases = [Phrase(words(text.lstrip("~")), text.startswith("~")) for text in said if text[0] != "!"]
    never = frozenset(word for text in said if text[0] == "!" for word in text[1:].split())
    known = {phrase.words for phrase in phrases}
    return Entry((*phrases, *([Phrase(own)] if own not in known else [])), never)


def likeness(field: str, path: Path, entity: str = "") -> float:
    """How well the last name of a path fits a field, from 0 to 1; the name above it helps."""
    own = words(path[-1])
    above = words(path[-2]) if len(path) > 1 else ()
    alone = _best(field, own, entity)
    return max(alone, 0.95 * _best(field, (*above, *own), entity)) if above else alone


@cache
def _best(field: str, said: Words, entity: str) -> float:
    """How well words fit the best of a field's phrases; an equal one decides, however weak it is."""
    known = entry(field)
    if known.never & set(said):
        return 0.0
    variants = {said, _without(said, OWN.get(entity, frozenset()))}
    pairs = [(phrase, variant) for phrase in known.phrases for variant in variants]
    equal = [phrase for phrase, variant in pairs if _joined(phrase.words) == _joined(variant)]
    return (
        max(_score(phrase, phrase.words) for phrase in equal)
        if equal
        else max(_score(phrase, variant) for phrase, variant in pairs)
    )


def _without(said: Words, extra: frozenset[str]) -> Words:
    return tuple(word for word in said if word not in extra) or said


def _score(phrase: Phrase, said: Words) -> float:
    return _fit(phrase.words, said) * (0.6 if phrase.weak else 1.0)


def _fit(wanted: Words, said: Words) -> float:
    if _joined(wanted) == _joined(said):
        return 1.0
    if set(wanted) == set(said):
        return 0.95
    common = set(wanted) & set(said)
    if common == set(wanted):
        return 0.5 + 0.35 * len(wanted) / len(said)
    if common == set(said) and not common <= VAGUE:
        return 0.3 + 0.3 * len(said) / len(wanted)
    return 0.8 * _typo(_joined(wanted), _joined(said))


def _typo(wanted: str, said: str) -> float:
    """How alike two long names are, 0 where they are not one misspelt."""
    matcher = SequenceMatcher(None, wanted, said, autojunk=False)
    near = len(said) > 5 and matcher.real_quick_ratio() >= _TYPO and matcher.quick_ratio() >= _TYPO
    alike = matcher.ratio() if near else 0.0
    return alike if alike >= _TYPO else 0.0


def _joined(some: Sequence[str]) -> str:
    return "".join(some)
