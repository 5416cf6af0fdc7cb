"""The state of one account's token: what its item in the table holds. Pure; times are Unix seconds."""

from dataclasses import asdict, dataclass, field, replace
from typing import Self

from hub import keys
from hub.connector import Grant
from hub.messages import digest
from hub.reprs import discreet
from hub.store import Item

DUE = 0.8
"""The part of its life after which a token is renewed: what is left is for a vendor that is away."""

MARGIN = 30.0
"""Seconds before its end from which a token is not used, at most a tenth of its life: calls take time."""

SPARES = 2
"""How many earlier refresh tokens are kept: of two answers, nobody knows which one the vendor holds to."""


@discreet()
@dataclass(frozen=True, slots=True)
class Token:
    """`values`: what calls are authorised by, by name. `asked`: when the request began that got it; `due`:
    when to renew it; `until`: from when on it may not be used. `refresh`: the refresh token, `ends` when it
    is over (0.0: does not end), `spare` those before it; `seed`: a mark of the one that an operator gave.

    `lease`: until when somebody is asking for the next; `hold`: until when nobody asks, after `failures`.
    `lost`: the vendor may have answered what never came here. `dead`: why no repetition helps, "" if alive.
    """

    values: dict[str, str] = field(default_factory=dict)
    refresh: str = ""
    spare: tuple[str, ...] = ()
    seed: str = ""
    asked: float = 0.0
    due: float = 0.0
    until: float = 0.0
    ends: float = 0.0
    lease: float = 0.0
    hold: float = 0.0
    failures: int = 0
    lost: bool = False
    dead: str = ""
    since: float = 0.0

    @classmethod
    def of(cls, item: Item | None) -> Self:
        """The state of an item; of none, that of an account which never had a token."""
        data = dict(item.data) if item else {}
        return cls(**{**data, "spare": tuple(data.get("spare", ()))})

    def item(self, found: Item) -> Item:
        """The item that holds this state; what is as it would be by itself is left out."""
        usual = asdict(Token())
        data = {name: value for name, value in asdict(self).items() if value != usual[name]}
        return replace(found, data={**data, **({"spare": [*self.spare]} if self.spare else {})})

    def seeded(self, given: str) -> Self:
        """The state that starts from another refresh token, where an operator gave another one since."""
        seed = mark(given)
        if not given or seed == self.seed:
            return self
        return replace(
            self, refresh=given, seed=seed, spare=(), ends=0.0, dead="", since=0.0, lost=False, hold=0.0
        )

    def leased(self, until: float) -> Self:
        """The state while somebody asks. A lease that is over was never finished: its answer may be lost."""
        return replace(self, lease=until, lost=self.lost or self.lease > 0)

    def granted(self, grant: Grant, asked: float) -> Self:
        """The state after an answer."""
        moved = grant.refresh not in ("", self.refresh)
        spare = (self.refresh, *self.spare)[:SPARES] if moved and self.refresh else self.spare
        life = grant.lives
        fresh = bool(grant.refresh_lives) and (moved or not self.ends)
        return type(self)(
            values={**self.values, **grant.values},
            refresh=grant.refresh or self.refresh,
            spare=spare,
            seed=self.seed,
            asked=asked,
            due=asked + life * DUE,
            until=asked + life - min(MARGIN, life / 10),
            ends=asked + grant.refresh_lives if fresh else self.ends,
        )

    def failed(self, now: float, after: float, *, lost: bool) -> Self:
        """The state after an answer that helps nothing: nobody asks again before `after` seconds."""
        known = self.failures + 1
        return replace(self, lease=0.0, hold=now + after, failures=known, lost=self.lost or lost)

    def died(self, reason: str, now: float) -> Self:
        """The state of a credential that needs a person."""
        return replace(self, lease=0.0, hold=0.0, dead=reason, since=now)

    def over(self) -> Self:
        """The state of a token that the vendor refused: nobody may use it again."""
        return replace(self, due=0.0, until=0.0)

    def revived(self) -> Self:
        """The state after an operator set its secrets anew: it is asked for again."""
        return replace(self, dead="", since=0.0, hold=0.0, failures=0, due=0.0)


def mark(refresh: str) -> str:
    """16 hex digits that stand for a refresh token (which is long and random), "" for none."""
    return digest(refresh)[:16] if refresh else ""


def empty(account: str) -> Item:
    """The item of an account that never had a token."""
    return Item(keys.token(account), "token")
