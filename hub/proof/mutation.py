"""Which changes of a mapping none of its tests notices."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hub.expressions import compile
from hub.mapping import Mapping
from hub.proof.mutants import Mutant
from hub.proof.subject import Subject
from hub.samples import Samples


@dataclass(frozen=True, slots=True)
class Unnoticed:
    """A mutant that passes every test. `hint`: what a test would have to set, and what it would see."""

    mutant: Mutant
    hint: str


@dataclass(frozen=True, slots=True)
class Score:
    """What the tests of a mapping notice. `same`: mutants that never gave another result, not counted."""

    mapping: Mapping
    noticed: int
    unnoticed: tuple[Unnoticed, ...]
    same: tuple[Mutant, ...]

    @property
    def percent(self) -> float:
        """Of the mutants that give another result somewhere, those that a test notices."""
        return percent([self])


def score(
    mapping: Mapping, samples: Samples, *, fraction: float = 1.0, tick: Callable[[], None] | None = None
) -> Score:
    """Run the tests of a mapping against its mutants. `fraction`: how many of them; `tick`: called for each.

    The tests must pass. The mutants are the same each time.
    """
    subject = Subject(mapping, samples)
    made = subject.mutants()
    chosen = random.Random(mapping.name).sample(made, round(len(made) * fraction)) if fraction < 1 else made
    unnoticed: list[Unnoticed] = []
    same: list[Mutant] = []
    for mutant in chosen:
        if tick:
            tick()
        if subject.notices(mutant):
            continue
        hint = subject.hint(mutant)
        if hint:
            unnoticed.append(Unnoticed(mutant, hint))
        else:
            same.append(mutant)
    compile.cache_clear()  # thousands of expressions that nobody will use again
    return Score(mapping, len(chosen) - len(unnoticed) - len(same), tuple(unnoticed), tuple(same))


def described(scores: list[Score]) -> str:
    """What a person reads: a line for each mapping, below it what no test notices, and a sum."""
    width = max((len(one.mapping.name) for one in scores), default=0)
    lines = []
    for one in scores:
        lines.append(f"{one.mapping.name.ljust(width)}  {_counts([one])}")
        lines += [f"  {line}" for unnoticed in one.unnoticed for line in _lines(unnoticed)]
    return "\n".join([*lines, f"{'all'.ljust(width)}  {_counts(scores)}"] if len(scores) > 1 else lines)


def plain(score: Score) -> dict[str, object]:
    """The same as JSON."""
    unnoticed = [
        {"place": str(one.mutant.place.place), "what": one.mutant.what, "hint": one.hint}
        for one in score.unnoticed
    ]
    same = [{"place": str(one.place.place), "what": one.what} for one in score.same]
    return {
        "percent": round(score.percent, 1),
        "noticed": score.noticed,
        "unnoticed": unnoticed,
        "same": same,
    }


def percent(scores: Iterable[Score]) -> float:
    """The score of several mappings together."""
    known = list(scores)
    noticed = sum(one.noticed for one in known)
    count = noticed + sum(len(one.unnoticed) for one in known)
    return 100 * noticed / count if count else 100.0


def _counts(scores: list[Score]) -> str:
    noticed = sum(one.noticed for one in scores)
    count = noticed + sum(len(one.unnoticed) for one in scores)
    same = sum(len(one.same) for one in scores)
    return f"{percent(scores):5.1f} %  {noticed} of {count} mutants noticed, {same} never differ"


def _lines(unnoticed: Unnoticed) -> list[str]:
    return [*unnoticed.mutant.place.render().splitlines(), f"  = {unnoticed.hint}"]
