"""Which changes of a mapping none of its tests notices."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from hub.expressions import compile
from hub.mapping import Mapping
from hub.proof.coverage import percent
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
    def share(self) -> tuple[int, int]:
        """How many mutants a test notices, and how many there are that give another result somewhere."""
        return self.noticed, self.noticed + len(self.unnoticed)

    @property
    def counts(self) -> str:
        """The score in words."""
        noticed, count = self.share
        return f"{noticed} of {count} changes noticed, {len(self.same)} more give the same"

    def lines(self) -> list[str]:
        """What a person reads of what is unnoticed."""
        return [
            line
            for one in self.unnoticed
            for line in (*one.mutant.place.render().splitlines(), f"  = {one.hint}")
        ]

    def plain(self) -> dict[str, object]:
        """As JSON."""
        unnoticed = [
            {"place": str(one.mutant.place.place), "what": one.mutant.what, "hint": one.hint}
            for one in self.unnoticed
        ]
        same = [{"place": str(one.place.place), "what": one.what} for one in self.same]
        return {
            "percent": percent(self.share),
            "noticed": self.noticed,
            "unnoticed": unnoticed,
            "same": same,
        }


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
