"""A thousand sales of a till, each of which becomes an invoice: the world of failing-delivery.md."""

import json
import random
from urllib.parse import urlsplit

from hub.catalog import Catalog
from hub.connector import HttpResponse
from hub.pipeline.receive import Arrival, receive
from hub.runner import Clock, Runner
from hub.samples.signing import Endpoint
from hub.secrets import MemorySecrets
from hub.times import from_epoch, to_epoch
from tests.memory_hub import PUBLIC, memory_hub

SALES = 1000
EVERY = 20
"""One buyer in so many is a company: 50 of them."""
SECRETS = {
    "caja.centro": [{"signing_secret": "s3cret-of-the-till"}],
    "factura.main": [{"token": "t"}],
    "pepper": [{"1": "pepper"}],
    "api-key": [{"key": "k-2"}],
}


class Factura:
    """The provider of invoices: one for each idempotency key, none for a company without check digit."""

    def __init__(self):
        self.invoices = {}
        self.refused = 0
        self.keys = []

    def send(self, request):
        record = json.loads(request.body)
        self.keys.append(request.headers["Idempotency-Key"])
        document = record["tax_id"].replace(".", "")
        if len(document) == 9:
            self.refused += 1
            said = f"tax_id: the NIT {document} has no check digit"
            return answer(422, {"code": "VAL-014", "message": said})
        id = self.invoices.setdefault(
            request.headers["Idempotency-Key"], {"id": len(self.invoices), **record}
        )
        return answer(201, {"id": f"F-{id['id'] + 1}"})

    @property
    def numbers(self):
        return sorted(int(invoice["number"]) for invoice in self.invoices.values())


def answer(status, body):
    return HttpResponse(status, {}, json.dumps(body).encode())


class Invoices:
    """The hub in memory with the project's files, after a thousand sales."""

    def __init__(self, project):
        for flow in (project / "flows").glob("*.yaml"):
            if flow.stem != "invoices":
                flow.unlink()
        self.project = project
        self.clock = Clock(to_epoch("2026-11-20T14:00:00.000000Z"))
        self.factura = Factura()
        self.hub = memory_hub(
            clock=self.clock,
            catalog=Catalog.read(project),
            secrets=MemorySecrets(SECRETS),
            client=self.factura,
            random=random.Random(7),
        )
        self.runner = Runner(self.hub)
        for number in range(1, SALES + 1):
            self.clock.now += 3
            assert self.sell(number) == 200
        self.rest()

    def sell(self, number):
        """A sale is told by the till: the status of the answer."""
        return self.post(sale(number, self.clock()))

    def post(self, body):
        """The till posts something: the status of the answer."""
        endpoint = Endpoint(self.hub.catalog.connectors["caja"], "centro")
        sample = {"headers": {"content-type": "application/json"}, "body": body}
        request = endpoint.request(PUBLIC, sample, SECRETS["caja.centro"][0], self.clock())
        path = urlsplit(request.url).path
        return receive(self.hub, Arrival(request.method, path, "", request.headers, request.body)).status

    def deploy(self):
        """The files as they are now."""
        self.hub.catalog = Catalog.read(self.project)

    def rest(self):
        """All that is queued is worked on, and what was put off."""
        self.runner.run()
        for _ in range(1000):
            if not self.hub.store.agenda("due").items:
                return
            self.clock.now += 61
            self.runner.sweep()

    def sleep(self, seconds):
        """Time passes while somebody waits."""
        self.clock.now += seconds
        self.runner.run()


def sale(number, now):
    company = number % EVERY == 0
    document = str(900_100_000 + number) if company else str(1_018_400_000 + number)
    return {
        "event": "sale.closed",
        "id": f"V-{number}",
        "number": str(number),
        "at": from_epoch(now),
        "total": f"{1000 + number}.00",
        "buyer": {"id": f"C-{number}", "document": document, "name": f"Buyer {number}"},
    }
