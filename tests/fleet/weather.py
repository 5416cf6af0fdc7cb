"""How rough a seed is: each fault with a rate of its own, drawn once; `calm` takes one away again."""

import random
from dataclasses import dataclass, field, fields, replace

DAY = 86_400.0
MINUTE = 60.0

ANSWERS = ("busy", "error", "reset", "unheard", "html", "half", "lost", "never", "later", "slow")
"""What may become of a request: told to wait, 5xx, never sent, applied and cut off, a page of HTML, half an
answer, applied without an answer, not applied without an answer, applied later, answered slowly."""


@dataclass(frozen=True)
class Weather:
    """`faults`: chance of each of ANSWERS; `repeat drop late`: of a webhook; `latest`: seconds of lateness.

    `skew`, `coarse`: of each system its clock's error and whether it counts in seconds; `crashes`: the
    boundaries at which a process of ours dies; `others`: chance that another worker runs in between;
    `expiries`: when credentials expire; `gaps`: when a subscription is gone (system, from, to).
    """

    faults: dict[str, float] = field(default_factory=dict)
    repeat: float = 0.0
    most: int = 1
    late: float = 0.0
    latest: float = 0.0
    drop: float = 0.0
    crashes: frozenset[int] = frozenset()
    others: float = 0.0
    unrelayed: float = 0.0
    skew: dict[str, float] = field(default_factory=dict)
    coarse: dict[str, bool] = field(default_factory=dict)
    expiries: tuple[tuple[float, str], ...] = ()
    gaps: tuple[tuple[str, float, float], ...] = ()

    @classmethod
    def of(cls, rng: random.Random, systems, span: float):
        """The weather of a seed."""
        rough = rng.choice((0.0, 0.3, 1.0, 1.0))
        rates = (0.0, 0.02, 0.08)
        crashes = rng.choice((0, 0, 1, 2, 3))
        return cls(
            faults={name: rough * rng.choice(rates) for name in ANSWERS},
            repeat=rng.choice((0.0, 0.1, 0.5)),
            most=rng.choice((2, 4, 46)),
            late=rng.choice((0.0, 0.1, 0.5)),
            latest=rng.choice((2 * MINUTE, 60 * MINUTE, 0.95 * DAY)),
            drop=rng.choice((0.0, 0.0, 0.1, 0.3)),
            crashes=frozenset(rng.randrange(1, 1500) for _ in range(crashes)),
            others=rng.choice((0.0, 0.0, 0.1, 0.3)),
            unrelayed=rng.choice((0.0, 0.0, 0.1)),
            skew={name: rng.choice((0.0, 0.0, 1.0)) * rng.uniform(-480, 480) for name in systems},
            coarse={name: rng.random() < 0.3 for name in systems},
            expiries=tuple(
                (rng.uniform(0, span), rng.choice(systems)) for _ in range(rng.choice((0, 0, not crashes)))
            ),
            gaps=tuple(_gap(rng, systems, span) for _ in range(rng.choice((0, 0, 0, 1)))),
        )

    def without(self, name: str) -> "Weather":
        """The same weather with one part of it calm; `name` is a field's or a fault's."""
        if name in ANSWERS:
            return replace(self, faults={**self.faults, name: 0.0})
        return replace(self, **{name: getattr(Weather(), name)})

    @property
    def parts(self) -> list[str]:
        """What is rough in it, so that it can be taken away."""
        own = [one.name for one in fields(self) if one.name not in ("faults", "most", "latest")]
        rough = [name for name in own if getattr(self, name) != getattr(Weather(), name)]
        return [*(name for name, rate in self.faults.items() if rate), *rough]

    def polled(self, name: str, *, told: str) -> bool:
        """Whether a system has to be asked, because what it tells does not all come."""
        return not told or self.drop > 0 or any(gap[0] == name for gap in self.gaps)

    def dropped(self, rng: random.Random, name: str, now: float) -> bool:
        """Whether a webhook of now never comes."""
        in_gap = any(gap == name and start <= now < end for gap, start, end in self.gaps)
        return in_gap or rng.random() < self.drop


def _gap(rng, systems, span):
    start = rng.uniform(0, span)
    return rng.choice(systems), start, start + rng.uniform(MINUTE, 0.4 * span)
