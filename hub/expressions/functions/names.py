"""Names of persons, split by rules of thumb: nothing but the person says where the surnames start.

A particle belongs to the word behind it (`de la Cruz`, `San Martín`, `y Gasset`): a name is a row of such
groups. Where two surnames are usual (Spain and Spanish-speaking America but Argentina, and where no country
is said) the last two of three or more groups are the surnames; `María Fernanda López` is split wrongly.
Elsewhere the last group is the surname; in Brazil and Portugal with `Filho`, `Neto` and the like behind it,
and with `e` inside of it. With a comma, the surnames stand before it. `de los Ángeles`, `del Carmen` and the
like behind a first name belong to that.
"""

from typing import Any

from hub import values
from hub.expressions.functions.registry import function


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LONGEST = 300
_TWO_SURNAMES = _words("BO CL CO CR CU DO EC ES GT HN MX NI PA PE PR PY SV UY VE") | {""}
_PORTUGUESE = _words("BR PT")
_ARTICLES = _words("de del la las los da das do dos di du van von der den")
_AND = _words("y e")
_SAINTS = _words("san santa")
_GENERATIONS = _words("filho filha neto neta netto júnior junior jr jr. sobrinho sobrinha")
_DEVOTIONS = _words(
    "ángeles angeles asunción asuncion carmen concepción concepcion consuelo dolores fátima fatima guadalupe "
    "jesús jesus lourdes mercedes milagros nieves pilar remedios rocío rocio rosario socorro"
)
"""Behind `de`, part of a given name: María del Pilar."""


@function(
    "given_names(name[, country])",
    "The given names of a full name, by a rule of thumb: all but the last two groups of words; all but the "
    "last one in Brazil, Argentina and where no Spanish is spoken.",
    ("given_names(x)", {"x": "María José Pérez de la Cruz"}, "María José"),
    ("given_names(x, 'BR')", {"x": "Ana Clara Souza"}, "Ana Clara"),
    ("given_names(x)", {"x": "Pérez Rojas, Juan Carlos"}, "Juan Carlos"),
)
def _given_names(name: Any, country: str = "") -> str | None:
    return " ".join(_split(name, country)[0]) or None


@function(
    "surnames(name[, country])",
    "The surnames of a full name: what given_names() leaves; null of a single word.",
    ("surnames(x)", {"x": "María José Pérez de la Cruz"}, "Pérez de la Cruz"),
    ("surnames(x)", {"x": "José Ortega y Gasset"}, "Ortega y Gasset"),
    ("surnames(x)", {"x": "Ana"}, None),
)
def _surnames(name: Any, country: str = "") -> str | None:
    return " ".join(_split(name, country)[1]) or None


@function(
    "first_surname(name[, country])",
    "The first of the surnames of a full name.",
    ("first_surname(x)", {"x": "Juan de la Cruz Rojas"}, "de la Cruz"),
    ("first_surname(x)", {"x": "Ada Campos"}, "Campos"),
)
def _first_surname(name: Any, country: str = "") -> str | None:
    return next(iter(_split(name, country)[1]), None)


@function(
    "second_surname(name[, country])",
    "What follows the first surname of a full name, without the y before it; null where there is none.",
    ("second_surname(x)", {"x": "José Ortega y Gasset"}, "Gasset"),
    ("second_surname(x)", {"x": "Ada Campos"}, None),
)
def _second_surname(name: Any, country: str = "") -> str | None:
    rest = " ".join(_split(name, country)[1][1:])
    word, _, behind = rest.partition(" ")
    return (behind if word.lower() in _AND else rest) or None


@function(
    "title_name(text)",
    "A name with capitals where they belong; words that already have both kinds of letters stay as they are.",
    ("title_name(x)", {"x": "MARÍA DE LOS ÁNGELES DEL RÍO"}, "María de los Ángeles del Río"),
    ("title_name(x)", {"x": "bernardo o'higgins"}, "Bernardo O'Higgins"),
    ("title_name(x)", {"x": "ANA PÉREZ-LÓPEZ McKENNA"}, "Ana Pérez-López McKENNA"),
)
def _title_name(text: str) -> str:
    words = _name(text).split()
    return " ".join(
        word.lower() if place and word.lower() in _ARTICLES | _AND else _titled(word)
        for place, word in enumerate(words)
    )


def _titled(word: str) -> str:
    if not (word.isupper() or word.islower()):
        return word
    for sign in "-'’":
        if sign in word:
            return sign.join(map(_titled, word.split(sign)))
    return word[:1].title() + word[1:].lower()


def _split(name: Any, country: str) -> tuple[list[str], list[str]]:
    """The groups of the given names, and those of the surnames."""
    code = values.normalise("country", country) if country else ""
    before, comma, behind = _name(name).partition(",")
    if comma:
        return behind.replace(",", " ").split(), _groups(before.split(), code)
    groups = _with_devotions(_groups(before.split(), code))
    last = 2 if code in _TWO_SURNAMES and len(groups) > 2 else 1
    kept = max(1, len(groups) - last)
    return groups[:kept], groups[kept:]


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError("not a name")
    if len(name) > _LONGEST:
        raise ValueError("too large")
    return name


def _groups(words: list[str], country: str) -> list[str]:
    """The words, each with the particles before it."""
    groups: list[str] = []
    held: list[str] = []
    for place, word in enumerate(words):
        held.append(word)
        if _is_particle(word) and place < len(words) - 1:
            continue
        if groups and country in _PORTUGUESE and _continues(held, len(groups)):
            held.insert(0, groups.pop())
        groups.append(" ".join(held))
        held = []
    return groups


def _is_particle(word: str) -> bool:
    return word.lower() in _ARTICLES | _AND | _SAINTS


def _continues(words: list[str], groups: int) -> bool:
    """Whether these belong to the group before them, in a Portuguese name: e Silva, Filho."""
    return groups > 1 and (words[0].lower() in _AND or words[-1].lower() in _GENERATIONS)


def _with_devotions(groups: list[str]) -> list[str]:
    """The groups, a devotion as part of the given name before it where a surname still follows."""
    if len(groups) < 3:
        return groups
    particle, _, word = groups[1].lower().partition(" ")
    if particle.startswith("de") and word.split(" ")[-1] in _DEVOTIONS:
        return [f"{groups[0]} {groups[1]}", *groups[2:]]
    return groups
