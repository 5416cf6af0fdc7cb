"""Vendors that nobody wrote by hand: each is made of its connector's file (`hub.simulator`)."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hub.accounts import Account
from hub.catalog import Catalog
from hub.connector import HttpRequest
from hub.demo.vendors.exchange import Answer, Asked
from hub.demo.vendors.secrets import ACCOUNTS, invented
from hub.errors import RecordError
from hub.pipeline import sandboxed
from hub.simulator import SimulationError, Simulator
from hub.simulator.samples import Samples


class Simulated:
    """One account. It holds the records of `events/<connector>/records/`, which thin events name."""

    def __init__(self, simulator: Simulator, address: str) -> None:
        self.simulator = simulator
        self.address = address
        for resource in simulator.shelf.samples.records:
            if resource in simulator.connector.resources:
                simulator.shelf.seed(resource, simulator.clock())

    def admits(self, headers: dict[str, str]) -> bool:
        """Always: the simulator looks for itself, as a request for a token comes without a credential."""
        return True

    def answer(self, asked: Asked) -> Answer:
        """What the vendor answers; 404 for what is none of its calls, as the file has them."""
        request = HttpRequest(asked.method, self.address + asked.target, asked.headers, asked.raw or None)
        try:
            response = self.simulator.answer(request)
        except RecordError:
            return Answer(404, self.refuse(404), facts={"call": "unknown"})
        except SimulationError as error:
            return Answer(501, {"error": str(error)}, facts={"call": "not simulated"})
        told = self.simulator.asked[-1]
        call = ".".join(filter(None, (told.resource, told.call)))
        headers = {name: text for name, text in response.headers.items() if name != "content-length"}
        return Answer(response.status, _read(response.body), headers, {"call": call})

    def refuse(self, status: int) -> Any:
        """The body of an error."""
        return {"error": status}

    def seed(self, resource: str, record: Any) -> None:
        """Nothing: what stood there before is read from the samples."""

    def state(self) -> dict[str, dict[str, Any]]:
        """All records by resource and id, in the vendor's form."""
        shelf = self.simulator.shelf
        return {
            resource: {id: shelf.row(resource, stored) for id, stored in held.items()}
            for resource, held in shelf.records.items()
        }

    def edit(self, resource: str, record: Any) -> Answer:
        """A person's edit; a simulated vendor has no pages to type it into."""
        return Answer(404, self.refuse(404))


def simulated(
    root: Path, catalog: Catalog, url: str, clock: Callable[[], float] = time.time
) -> dict[str, Simulated]:
    """The vendors of all accounts that have no server written by hand, at `url`/<account>."""
    secrets = invented(catalog)
    found = {}
    for name, account in sandboxed(catalog, url).accounts.items():
        if name not in ACCOUNTS:
            found[name] = _simulated(root, catalog, account, secrets, clock, f"{url.rstrip('/')}/{name}")
    return found


def _simulated(
    root: Path,
    catalog: Catalog,
    account: Account,
    secrets: dict[str, dict[str, str]],
    clock: Callable[[], float],
    address: str,
) -> Simulated:
    connector = catalog.connectors[account.connector]
    held = {**secrets.get(connector.name, {}), **secrets[account.name]}
    samples = Samples.read(root, connector.name)
    return Simulated(Simulator(connector, account, held, samples, clock), address)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")
