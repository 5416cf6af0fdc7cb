"""Every call to a vendor goes out here: writes, fetches and polls share limits, breaker, what is learnt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hub import breaker, keys, limiter
from hub.connector import Call, Connector, HttpRequest, HttpResponse, Outcome
from hub.errors import RetryError
from hub.limiter import Grant
from hub.pipeline import Hub
from hub.reprs import discreet
from hub.store import Key, Store, Tally

SLOW = 3.0
"""Seconds that a call takes of which an account may not have many in flight at once."""

TRIES = 6


@discreet("account", "lane")
@dataclass(slots=True)
class Outlet:
    """The way to one account. `numbers`: what is known of its item; `grant`: the next call's, once taken."""

    hub: Hub
    account: str
    connector: Connector
    lane: str = ""
    numbers: dict[str, Any] = field(default_factory=dict)
    grant: Grant | None = None

    def admit(self, call: Call | None, *, patience: float = 0.0) -> None:
        """Take what the next call needs. Raises RetryError: rate-limit, in-flight or breaker-open."""
        hub = self.hub
        self.grant = limiter.acquire(
            hub.store,
            self.account,
            self.connector.demand(call),
            hub.clock,
            hub.sleep,
            lane=self.lane,
            lease=self.lease(),
            numbers=self.numbers,
            patience=patience,
        )
        self.numbers = self.grant.numbers

    def ask(self, call: Call | None, request: HttpRequest) -> tuple[Outcome, HttpResponse]:
        """The answer, and what it means. Raises RetryError: nothing was sent but after a "timeout"."""
        if self.grant is None:
            self.admit(call)
        began = self.hub.clock()
        try:
            response = self.hub.client.send(request)
        except Exception as error:
            if isinstance(error, RetryError):
                self._failed()
            self._ended(began)
            raise
        self._ended(began)
        outcome = self.connector.meaning(response, call, self.hub.clock())
        self._heard(call, outcome, response)
        return outcome, response

    def drop(self) -> None:
        """The call is not made: its place in flight is free again. Its token is gone."""
        if self.grant is not None:
            limiter.release(self.hub.store, self.account, self.grant.lease)
            self.grant = None

    def lease(self) -> str:
        """A name for a place in flight."""
        return f"{self.hub.random.getrandbits(64):016x}"

    def _ended(self, began: float) -> None:
        self.drop()
        if self.hub.clock() - began >= SLOW:
            limiter.slow(self.hub.store, self.account, self.numbers, self.hub.clock())

    def _heard(self, call: Call | None, outcome: Outcome, response: HttpResponse) -> None:
        """Note what the answer says of the vendor's health and of its limits."""
        if response.status >= 500:
            self._failed()
        else:
            self.settle(breaker.succeeded)
        now, demand = self.hub.clock(), self.connector.demand(call)
        if outcome.throttled or (outcome.after and outcome.kind != "done"):
            windows = [limit.window for limit in demand.limits]
            after = outcome.after or min(60.0, max(1.0, min(windows, default=1.0)))
            limiter.block(self.hub.store, self.account, now + after)
        for left in outcome.left:
            limiter.correct(self.hub.store, self.account, left, demand, self.numbers, now)

    def _failed(self) -> None:
        self.settle(breaker.failed)
        self.settle(breaker.tripped)

    def settle(self, change: Callable[[Key, dict[str, Any], float], Tally | None]) -> None:
        """Change the account's numbers, by what `change` makes of their key, what is known, and the time."""
        key, clock = keys.limit(self.account), self.hub.clock
        self.numbers = settled(self.hub.store, self.numbers, lambda known: change(key, known, clock()))


def settled(
    store: Store, numbers: dict[str, Any], change: Callable[[dict[str, Any]], Tally | None]
) -> dict[str, Any]:
    """The numbers after a change that depends on them, made again where they were others."""
    for _ in range(TRIES):
        tally = change(numbers)
        if tally is None:
            return numbers
        done, numbers = store.count(tally)
        if done:
            return numbers
    return numbers
