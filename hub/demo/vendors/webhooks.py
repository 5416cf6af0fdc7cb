"""The vendors' own webhooks: signed as each of them signs, posted by a thread, tried for half a minute."""

import http.client
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from hub.catalog import Catalog
from hub.connector import Request
from hub.demo.vendors.exchange import Webhook
from hub.demo.vendors.secrets import secrets_of
from hub.samples.signing import Endpoint

_PAUSES = (0.2, 0.4, 0.8, 1.6, *[3.0] * 8)
"""Seconds between attempts: half a minute in all, as long as an engine may need to start again."""

LAG = 1.0
"""Seconds after which a webhook leaves, as a vendor's does. By then the hub has kept what was answered to the
write that it is about, which is all that shows an echo: the day that is told lies before the hub's own."""


class Poster:
    """Posts webhooks to `<hub_url>/v1/webhooks/<connector>[/<account>]` in order, `lag` seconds late."""

    def __init__(
        self, catalog: Catalog, hub_url: str, clock: Callable[[], float] = time.time, *, lag: float = 0.0
    ) -> None:
        self.catalog = catalog
        self.hub_url = hub_url.rstrip("/")
        self.clock = clock
        self.lag = lag
        self.log: list[tuple[str, int]] = []
        self._queue: queue.Queue[tuple[float, Webhook] | None] = queue.Queue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begins to post."""
        self._thread.start()

    def tell(self, webhook: Webhook) -> None:
        """Posts this one when its turn comes."""
        self._queue.put((time.monotonic() + self.lag, webhook))

    def stop(self) -> None:
        """Ends after what is under way; what is still waiting is not posted."""
        self._stopped.set()
        self._queue.put(None)
        self._thread.join()

    def idle(self) -> None:
        """Waits until everything told so far was posted or given up."""
        self._queue.join()

    def waiting(self) -> int:
        """How many are not yet posted or given up."""
        return self._queue.unfinished_tasks

    def request(self, webhook: Webhook) -> Request:
        """The signed request of a webhook."""
        endpoint = Endpoint(self.catalog.connectors[webhook.connector], webhook.account)
        told = {"headers": webhook.headers, "body": webhook.body}
        return endpoint.request(self.hub_url, told, secrets_of(endpoint.secret), self.clock())

    def _run(self) -> None:
        while (told := self._queue.get()) is not None:
            leaves, webhook = told
            try:
                if not self._stopped.wait(max(0.0, leaves - time.monotonic())):
                    self._post(webhook)
            finally:
                self._queue.task_done()

    def _post(self, webhook: Webhook) -> None:
        for pause in _PAUSES:
            status = _status(self.request(webhook))
            self.log.append((webhook.connector, status))
            if 200 <= status < 500 or self._stopped.wait(pause):
                return


def _status(request: Request) -> int:
    """The status of the answer, 0 when there is none."""
    sent = urllib.request.Request(request.url, request.body, request.headers, method=request.method)  # noqa: S310
    try:
        with urllib.request.urlopen(sent, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return 0
