"""The whole hub and all vendors in one process: no sockets, no threads, a clock that is moved by hand."""

import json
import random
from collections import deque
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from hub.archive import MemoryArchive
from hub.catalog import Catalog
from hub.connector import HttpRequest, HttpResponse
from hub.demo.stage import polled_since
from hub.demo.vendors import ACCOUNTS, Asked, secrets_of
from hub.demo.vendors.journal import Journal, Story
from hub.demo.vendors.town import Town, seeds
from hub.demo.vendors.webhooks import Poster
from hub.errors import RetryError
from hub.pipeline import Hub, sandboxed
from hub.pipeline.receive import Arrival, receive
from hub.queues import MemoryQueue
from hub.runner import Clock, Runner
from hub.secrets import MemorySecrets
from hub.settings import Settings
from hub.store import Put
from hub.store.memory import MemoryStore

ROOT = Path(__file__).parent.parent
NOW = 1_795_500_000.0
URL = "http://vendors.localhost"
PUBLIC = "https://hub.example"
FILES = Catalog.read(ROOT)


class City:
    """A hub, its vendors, and what people do. `webhooks`: what vendors still have to post."""

    def __init__(self, store=None):
        self.clock = Clock(NOW)
        self.webhooks = deque()
        self.town = Town(Journal(None), Story("2026-11-20T14:12:00.000000Z"), self.webhooks.append)
        self.town.seed(seeds(ROOT))
        self.poster = Poster(FILES, PUBLIC, self.clock)
        secrets = {name: [secrets_of(name)] for name in ACCOUNTS}
        self.hub = Hub(
            Settings.read({"PUBLIC_URL": PUBLIC, "VENDOR_URL": URL}),
            clock=self.clock,
            sleep=self.clock.sleep,
            random=random.Random(7),
            catalog=sandboxed(FILES, URL),
            store=store or MemoryStore(self.clock),
            inbound=MemoryQueue(self.clock),
            outbound=MemoryQueue(self.clock),
            archive=MemoryArchive(),
            secrets=MemorySecrets({**secrets, "pepper": [{"1": "pepper"}], "api-key": [{"key": "key"}]}),
            client=self,
        )
        self.hub.store.commit([Put(item) for item in polled_since()])
        self.runner = Runner(self.hub)

    def send(self, request: HttpRequest) -> HttpResponse:
        """The hub's HTTP client: asks the town."""
        parts = urlsplit(request.url)
        account, _, path = parts.path.lstrip("/").partition("/")
        body = json.loads(request.body) if request.body else None
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(request.method, f"/{path}", dict(parse_qsl(parts.query)), headers, body)
        nth, fault = self.town.arrive(account)
        outcome = self.town.call(account, asked, nth, fault)
        if outcome.answer is None:
            raise RetryError("connection")
        answer = outcome.answer
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        return HttpResponse(answer.status, {k.lower(): v for k, v in answer.headers.items()}, content)

    def post(self, request):
        """A webhook comes in."""
        parts = urlsplit(request.url)
        return receive(
            self.hub, Arrival(request.method, parts.path, parts.query, request.headers, request.body)
        )

    def happen(self, chapter):
        """One step of the story, as far as the receiving queue."""
        if chapter.get("edit"):
            record = json.loads((ROOT / chapter["edit"]).read_text())
            resource = Path(chapter["edit"]).name.partition(".")[0]
            told = {"resource": resource, "record": record, "tell": False}
            self.town.edit(f"{chapter['connector']}.{chapter['account']}", told)
        if chapter.get("poll"):
            self.runner.poll()
            return
        reply = self.post(self.signed(chapter["connector"], chapter["account"], chapter["file"]))
        assert reply.status == 200, (chapter, reply)

    def signed(self, connector, account, file):
        from hub.demo.stage import signed

        return signed(FILES, PUBLIC, connector, account, ROOT / file, self.clock())

    def rest(self):
        """Run until neither the hub nor a vendor has anything left to say."""
        self.runner.run()
        while self.webhooks:
            assert self.post(self.poster.request(self.webhooks.popleft())).status == 200
            self.runner.run()

    def tell(self, story):
        for chapter in story:
            self.happen(chapter)
            self.rest()
        self.take_up()

    def take_up(self, rounds=30):
        """Let time pass and sweep until nothing is due any more."""
        for _ in range(rounds):
            if not self.hub.store.todo("due").items:
                return
            self.clock.now += 61
            self.runner.sweep()
            self.rest()

    def calls(self):
        """The vendors' log of what was written."""
        from hub.demo.story import is_write

        return [call for call in self.town.journal.calls() if is_write(call)]


def story():
    return json.loads((ROOT / "events/journey.json").read_text())
