"""The demo's day in one process: the shipped files, the hub in memory, the vendors without a network."""

import json
import random
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from hub.archive import MemoryArchive
from hub.catalog import Catalog
from hub.connector import HttpResponse, Request
from hub.demo.vendors import ACCOUNTS, Asked, secrets_of
from hub.demo.vendors.journal import Journal, Story
from hub.demo.vendors.town import Town, seeds
from hub.demo.vendors.webhooks import Poster
from hub.pipeline import Hub, sandboxed
from hub.pipeline.receive import Arrival, receive
from hub.queues import MemoryQueue
from hub.runner import Clock, Runner
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.store.memory import MemoryStore
from hub.times import to_epoch

ROOT = Path(__file__).parents[2]
HUB = "https://hub.example"
VENDORS = "http://vendors.example"
MORNING = "2026-11-20T14:12:10.000000Z"
MINUTES = (0, 13, 43, 47, 53, 78, 118, 129)
"""When each step happens, after the morning."""


class Wire:
    """Takes the hub's requests to the vendors of a town, as HTTP would."""

    def __init__(self, town):
        self.town = town

    def send(self, request):
        parts = urlsplit(request.url)
        account, _, path = parts.path.lstrip("/").partition("/")
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = json.loads(request.body) if request.body else None
        asked = Asked(request.method, f"/{path}", dict(parse_qsl(parts.query)), headers, body)
        answer = self.town.call(account, asked, *self.town.arrive(account)).answer
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        return HttpResponse(
            answer.status, {name.lower(): text for name, text in answer.headers.items()}, content
        )


class Day:
    def __init__(self):
        self.told = []
        self.clock = Clock(to_epoch(MORNING))
        self.town = Town(Journal(), Story("2026-11-20T14:12:00.000000Z"), self.told.append)
        self.town.seed(seeds(ROOT))
        held = {account: [secrets_of(account)] for account in ACCOUNTS}
        self.catalog = sandboxed(Catalog.read(ROOT), VENDORS)
        self.hub = Hub(
            Settings(public_url=HUB, vendor_url=VENDORS),
            clock=self.clock,
            sleep=self.clock.sleep,
            catalog=self.catalog,
            store=MemoryStore(clock=self.clock),
            inbound=MemoryQueue(self.clock),
            outbound=MemoryQueue(self.clock),
            archive=MemoryArchive(),
            secrets=MemorySecrets(held | {"pepper": [{"1": "pepper"}]}),
            client=Wire(self.town),
            random=random.Random(1),
        )
        self.runner = Runner(self.hub)
        self.poster = Poster(self.catalog, HUB, self.clock)

    def steps(self):
        told = json.loads((ROOT / "events/journey.json").read_text(encoding="utf-8"))
        return [{**step, "minute": minute} for step, minute in zip(told, MINUTES, strict=True)]

    def live(self, step):
        """One step, and all that follows from it, the vendors' own webhooks included."""
        if "edit" in step:
            resource = Path(step["edit"]).name.partition(".")[0]
            record = json.loads((ROOT / step["edit"]).read_text(encoding="utf-8"))
            self.town.edit(f"{step['connector']}.{step['account']}", {"resource": resource, "record": record})
        self.reach(step["minute"] * 60)
        if "poll" in step:
            self.runner.poll()
        else:
            assert self.post(step["connector"], step["account"], ROOT / step["file"]) == 200
        self.rest()

    def reach(self, seconds):
        self.clock.now = max(self.clock.now, to_epoch(MORNING) + seconds)

    def rest(self):
        self.runner.run()
        while self.told:
            self.receive(self.poster.request(self.told.pop(0)))
            self.runner.run()

    def post(self, connector, account, file):
        sample = json.loads(file.read_text(encoding="utf-8"))
        found = self.catalog.connectors[connector]
        path = f"/v1/webhooks/{connector}" + ("" if found.shared else f"/{account}")
        body = json.dumps(sample["body"]).encode()
        request = Request("POST", HUB + path, {}, dict(sample["headers"]), body)
        secrets = secrets_of(f"{connector}.{account}")
        signed = {**request.headers, **found.sign(request, secrets, self.clock())}
        return self.receive(Request("POST", request.url, {}, signed, body))

    def receive(self, request):
        arrival = Arrival("POST", urlsplit(request.url).path, "", request.headers, request.body)
        return receive(self.hub, arrival).status

    def customers(self):
        """The active customers: fields, the accounts of their records, and ids."""
        roots = [
            item for item in (item for item, _ in self.runner.store._items.values()) if item.kind == "root"
        ]
        mine = [item for item in roots if item.key.pk.startswith("ENT#customer#")]
        return [item for item in mine if item.data["state"] == "active"]
