"""The checks, and how a connector is examined by them."""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from hub.contract.bench import Bench
from hub.contract.verdict import DoesNotApply, FailedError, State, Verdict
from hub.errors import Place
from hub.simulator import NotPlantedError, SimulationError

GROUPS = {
    "receive": ("signing", "receiving", "subscribing"),
    "read": ("reading",),
    "write": ("writing", "echoes"),
    "mishaps": ("mishaps",),
    "credentials": ("authorised",),
    "acts": ("acting",),
    "hygiene": ("hygiene",),
}
"""Groups in the order in which they run, with their modules."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its function's docstring is the sentence. `each`: the resources that it looks at."""

    name: str
    group: str
    sentence: str
    run: Callable[..., None]
    each: Callable[[Bench], list[str]] | None = None


_CHECKS: list[Check] = []

Checked = Callable[..., None]


def check(group: str, each: Callable[[Bench], list[str]] | None = None) -> Callable[[Checked], Checked]:
    """Register a function as a check of a group."""

    def register(run: Checked) -> Checked:
        sentence = " ".join((run.__doc__ or "").split())
        _CHECKS.append(Check(run.__name__.strip("_"), group, sentence, run, each))
        return run

    return register


def checks() -> list[Check]:
    """All checks, by group."""
    for module in (module for modules in GROUPS.values() for module in modules):
        import_module(f"hub.contract.{module}")
    return sorted(_CHECKS, key=lambda one: list(GROUPS).index(one.group))


def examined(bench: Bench) -> Iterator[Verdict]:
    """What each check finds of a connector."""
    for one in checks():
        if one.each is None:
            yield _verdict(bench, one, "")
            continue
        for subject in one.each(bench):
            yield _verdict(bench, one, subject)


def _verdict(bench: Bench, one: Check, subject: str) -> Verdict:
    def told(state: State, why: str = "", place: Place | None = None) -> Verdict:
        return Verdict(one.name, one.group, one.sentence, subject, state, why, place)

    document = bench.connector.document
    try:
        one.run(bench, *([subject] if subject else []))
    except DoesNotApply as reason:
        return told("does not apply", str(reason))
    except FailedError as error:
        return told("failed", error.message, document.place(*error.path))
    except SimulationError as error:
        return told("failed", error.message, error.place)
    except NotPlantedError as error:
        return told("failed", f"{error}; give an example of the answer", _of_source(bench, error.source))
    except Exception as bug:
        said = traceback.extract_tb(bug.__traceback__)[-1]
        return told("failed", f"{type(bug).__name__} at {said.name}: {bug}", document.place(*_root(subject)))
    return told("passed")


def _root(subject: str) -> tuple[str, ...]:
    return ("resources", subject.partition(".")[0]) if subject else ()


def _of_source(bench: Bench, source: str) -> Place:
    """Where an expression stands in the connector's file."""
    path = next(_paths(bench.connector.document.data, source, ()), ())
    return bench.connector.document.place(*path)


def _paths(data: Any, source: str, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if data == source:
        yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, inner in items:
        yield from _paths(inner, source, (*path, name))
