"""Many workers at once, in an order that a seed decides: each of their calls takes time, and others go on."""

import heapq
import random
import threading

from hub import credentials
from hub.connector import HttpRequest, Outcome
from hub.errors import PauseError, RetryError
from hub.runner import Clock
from hub.store.memory import MemoryStore
from tests.hub.credentials.vendor import ACCOUNT, ROTATING, Crash, Vendor, hub_of
from tests.memory_hub import NOW

TOOK = {"read": (0.002, 0.02), "commit": (0.003, 0.05), "get": (0.01, 0.05)}


class Crowd:
    """`turn(seconds)` gives the word to whoever is next; `run` ends when everybody has ended.

    `deaths`: how likely a worker ends at a call of its renewal; another process takes its place.
    """

    def __init__(self, seed, *, workers=50, seconds=5400.0, pause=60.0, deaths=0.0, text=ROTATING, **vendor):
        self.rng = random.Random(seed)
        self.clock = Clock(NOW)
        self.vendor = Vendor(self.clock, **vendor)
        self.store = MemoryStore(self.clock)
        self.workers, self.pause, self.deaths, self.text = workers, pause, deaths, text
        self.end = NOW + seconds
        self.queue, self.own = [], threading.local()
        self.main = threading.Semaphore(0)
        self.served = self.late = self.died = self.refusals = 0
        self.paused = []
        self.errors = []

    def turn(self, seconds=0.0):
        """Wait for some time, while others have the word."""
        self.rng.random()
        heapq.heappush(self.queue, (self.clock.now + seconds, self.rng.random(), self.own.word))
        self.main.release()
        self.own.word.acquire()

    def run(self):
        threads = [threading.Thread(target=self._work, args=(number,)) for number in range(self.workers)]
        for thread in threads:
            word = threading.Semaphore(0)
            heapq.heappush(self.queue, (NOW, self.rng.random(), word))
            thread.word = word
            thread.start()
        while self.queue:
            at, _, word = heapq.heappop(self.queue)
            self.clock.now = max(self.clock.now, at)
            word.release()
            self.main.acquire()
        for thread in threads:
            thread.join()
        if self.errors:
            raise self.errors[0]
        return self

    def _work(self, number):
        self.own.word = threading.current_thread().word
        self.own.word.acquire()
        try:
            self._live()
        except BaseException as error:
            self.errors.append(error)
        finally:
            self.main.release()

    def _live(self):
        hub = self._process()
        while self.clock.now < self.end:
            try:
                self._call(hub)
            except Crash:
                self.died += 1
                hub = self._process()
            self.turn(self.rng.uniform(0, 2 * self.pause))

    def _process(self):
        hub = hub_of(self.text, vendor=self.vendor, store=self.store, sleep=self.turn)
        for name in ("store", "secrets", "client"):
            hub.__dict__[name] = Slow(self, getattr(hub, name))
        return hub

    def _call(self, hub):
        """A call as deliver makes it: with the credential, and once more with another."""
        try:
            used = credentials.current(hub, ACCOUNT)
            if self._answered(hub, used) == 401:
                self.refusals += 1
                again = credentials.again(hub, ACCOUNT, used, Outcome("pause", renews=True))
                assert again, "a living account was refused"
                assert self._answered(hub, credentials.current(hub, ACCOUNT)) == 200
            self.served += 1
        except RetryError:
            self.late += 1
        except PauseError as error:
            self.paused.append(error.reason)

    def _answered(self, hub, used):
        headers = {"Authorization": f"Bearer {used['access_token']}"}
        return hub.client.send(HttpRequest("GET", "https://api.books.example/invoices/1", headers)).status


class Slow:
    """A port whose calls take their time, and during which a process may end."""

    def __init__(self, crowd, port):
        self.crowd = crowd
        self.port = port

    def __getattr__(self, name):
        real = getattr(self.port, name)
        return (lambda *given: self._call(name, real, given)) if name in {*TOOK, "send"} else real

    def _call(self, name, real, given):
        crowd = self.crowd
        token = name == "send" and "/token" in given[0].url
        least, most = TOOK.get(name, (0.1, 1.5) if token else (0.02, 0.3))
        self._pass(crowd.rng.uniform(least, most), token or name == "commit")
        found = real(*given)
        self._pass(crowd.rng.uniform(least, most), token or name == "commit")
        return found

    def _pass(self, seconds, mortal):
        self.crowd.turn(seconds)
        if mortal and self.crowd.rng.random() < self.crowd.deaths:
            raise Crash
