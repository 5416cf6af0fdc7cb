"""The demo's day in one process: the shipped files, the hub in memory, the vendors without a network."""

import json
import random
from collections import deque
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from hub.catalog import Catalog
from hub.connector import HttpResponse
from hub.demo.stage import polled_since, signed
from hub.demo.story import chapters
from hub.demo.vendors import Asked
from hub.demo.vendors.journal import Journal, Story
from hub.demo.vendors.secrets import invented
from hub.demo.vendors.server import START
from hub.demo.vendors.simulated import simulated
from hub.demo.vendors.town import Town, seeds
from hub.demo.vendors.webhooks import Poster
from hub.errors import RetryError
from hub.pipeline import sandboxed
from hub.pipeline.receive import Arrival, receive
from hub.runner import Clock, Runner
from hub.secrets import MemorySecrets
from hub.store import Put
from hub.times import to_epoch
from tests.memory_hub import PUBLIC, memory_hub

ROOT = Path(__file__).parents[1]
VENDORS = "http://vendors.example"
MORNING = "2026-11-20T14:12:10.000000Z"
MINUTES = (0, 13, 43, 47, 53, 78, 118, 129)
"""When each step happens, after the morning."""


class Day:
    """The hub, its vendors, and what people do. `told`: webhooks that the vendors have still to post.

    `root`: the project, `minutes`: when each step of its story happens.
    """

    def __init__(self, root=ROOT, minutes=MINUTES):
        self.root, self.starts = root, minutes
        self.clock = Clock(to_epoch(MORNING))
        self.told = deque()
        catalog = Catalog.read(root)
        more = simulated(root, catalog, VENDORS, self.clock)
        self.town = Town(Journal(), Story(START), self.told.append, more)
        self.town.seed(seeds(root))
        self.catalog = sandboxed(catalog, VENDORS)
        self.poster = Poster(self.catalog, PUBLIC, self.clock)
        secrets = {account: [held] for account, held in invented(catalog).items()}
        self.hub = memory_hub(
            clock=self.clock,
            random=random.Random(7),
            catalog=self.catalog,
            secrets=MemorySecrets(secrets | {"pepper": [{"1": "pepper"}], "api-key": [{"key": "key"}]}),
            client=self,
        )
        self.hub.store.commit([Put(item) for item in polled_since()])
        self.runner = Runner(self.hub)
        self.chapters = chapters(root)

    def live(self, *numbers, edit=True):
        """These steps of the story and all that follows from them, the vendors' own webhooks included."""
        for number in numbers:
            chapter = self.chapters[number]
            if edit and chapter.edit:
                self.edit(chapter)
            self.clock.now = max(self.clock.now, to_epoch(MORNING) + self.starts[number] * 60)
            if chapter.poll:
                self.runner.poll()
            else:
                file = self.root / chapter.file
                assert self.sample(chapter.connector, chapter.account, file) == 200, chapter
            self.rest()

    def story(self):
        """The whole story, and what destinations put off."""
        self.live(*range(len(self.chapters)))
        for _ in range(30):
            if not self.hub.store.agenda("due").items:
                return
            self.clock.now += 61
            self.runner.sweep()
            self.rest()

    def later(self, seconds):
        """Let time pass, and take up what is due by then."""
        self.clock.now += seconds
        self.runner.sweep()
        self.rest()

    def edit(self, chapter):
        """A record that the vendor's users changed; the story tells the webhook itself."""
        resource = Path(chapter.edit).name.partition(".")[0]
        record = json.loads((self.root / chapter.edit).read_text(encoding="utf-8"))
        told = {"resource": resource, "record": record, "tell": False}
        self.town.edit(f"{chapter.connector}.{chapter.account}", told)

    def rest(self):
        """Run until neither the hub nor a vendor has anything left to say."""
        self.runner.run()
        while self.told:
            assert self.post(self.poster.request(self.told.popleft())) == 200
            self.runner.run()

    def sample(self, connector, account, file):
        """A sample event comes in, signed as the vendor does: the status of the answer."""
        return self.post(signed(self.catalog, PUBLIC, connector, account, file, self.clock()))

    def post(self, request):
        """A webhook comes in: the status of the answer."""
        parts = urlsplit(request.url)
        arrival = Arrival(request.method, parts.path, parts.query, request.headers, request.body)
        return receive(self.hub, arrival).status

    def send(self, request):
        """The hub's HTTP client: asks the town, as HTTP would."""
        parts = urlsplit(request.url)
        account, _, path = parts.path.lstrip("/").partition("/")
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = None if account in self.town.simulated else json.loads(request.body or b"null")
        target = f"/{path}" + (f"?{parts.query}" if parts.query else "")
        query, raw = dict(parse_qsl(parts.query)), request.body or b""
        asked = Asked(request.method, f"/{path}", query, headers, body, target, raw)
        answer = self.town.call(account, asked, *self.town.arrive(account)).answer
        if answer is None:
            raise RetryError("connection")
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        lower = {name.lower(): text for name, text in answer.headers.items()}
        return HttpResponse(answer.status, lower, content)

    def customers(self):
        """The active customers: fields, the accounts of their records, and ids."""
        roots = [item for item in self.hub.store.items() if item.key.pk.startswith("ENT#customer#")]
        return [item for item in roots if item.kind == "root" and item.data["state"] == "active"]
