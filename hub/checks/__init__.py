"""`hub check`: everything that can be found wrong in the files before they run."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.catalog import Catalog, Found, documents
from hub.checks import (
    accounts,
    answers,
    bulks,
    connectors,
    credentials,
    entities,
    events,
    exchanges,
    flows,
    lenses,
    mappings,
    messages,
    purposes,
    records,
    runs,
    secrets,
    shape,
    triggers,
)
from hub.errors import FileError, Place
from hub.samples import Samples

Sense = Callable[[Catalog, Samples], Iterator[FileError]]

SENSE: tuple[Sense, ...] = (
    entities.check,
    accounts.check,
    connectors.check,
    bulks.check,
    credentials.check,
    exchanges.check,
    messages.check,
    records.check,
    answers.check,
    mappings.check,
    lenses.check,
    flows.check,
    triggers.check,
    purposes.check,
    runs.check,
    events.check,
)

_CONSEQUENCES = frozenset({"not-understood", "untested-field"})
"""What is only worth saying of a line in which nothing else is wrong."""

_GROUND = frozenset({"entity", "connector", "accounts", "owners"})
"""Kinds without which nothing can be said about the rest."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was found, in the order of places, and `summary`: one line that says how much was looked at."""

    errors: tuple[FileError, ...]
    summary: str


def check(root: Path) -> Result:
    """Check a project: syntax and shape of every file, then the sense of those that are in shape."""
    found, errors = documents(root)
    wrong: list[Found] = []
    for kind, document in found:
        mistakes = [*shape.check(kind, document), *secrets.check(document)]
        errors += mistakes
        wrong += [(kind, document)] if mistakes else []
    broken = {kind for kind, _ in wrong} | _kinds(errors)
    sound = [one for one in found if one not in wrong]
    count = 0
    if not broken & _GROUND:
        catalog = Catalog.of(sound)
        samples = Samples(root, catalog)
        errors += _first([error for sense in SENSE for error in sense(catalog, samples)])
        count = sum(len(mapping.tests) for mapping in catalog.mappings.values())
    return Result(tuple(sorted(errors, key=_order)), _summary(found, count, errors))


def _first(errors: list[FileError]) -> list[FileError]:
    """Each mistake once, and without what another mistake of the same line brings about."""
    once = list({(error.place, error.code, error.message): error for error in errors}.values())
    lines = {(one.place.file, one.place.line) for one in once if one.code not in _CONSEQUENCES}
    return [
        one for one in once if one.code not in _CONSEQUENCES or (one.place.file, one.place.line) not in lines
    ]


def _order(error: FileError) -> tuple[Place, str, str]:
    return error.place, error.code, error.message


def _kinds(errors: list[FileError]) -> set[str]:
    """The kinds of the files that could not even be read."""
    folders = {
        "entities": "entity",
        "connectors": "connector",
        "accounts.yaml": "accounts",
        "owners.yaml": "owners",
    }
    return {folders[top] for error in errors if (top := error.place.file.split("/")[0]) in folders}


def _summary(found: list[Found], tests: int, errors: list[FileError]) -> str:
    counts = Counter(kind for kind, _ in found)
    names = {"connector": "connectors", "mapping": "mappings", "flow": "flows", "entity": "entities"}
    said = ", ".join(f"{counts[kind]} {name}" for kind, name in names.items())
    findings = "nothing found" if not errors else f"{len(errors)} mistake{'s' if len(errors) > 1 else ''}"
    return f"{said}, {tests} mapping tests: {findings}"
