"""One HTTP server on loopback for all vendors: `/<connector>.<account>/<the vendor's own path>`.

Beside them, for the demo and its tests: `GET /_calls` (the log), `GET /_waiting` (how many webhooks are not
posted yet), `GET /_state` (all records),
`POST /_edit/<connector>.<account>` with `{resource, record, tell}` (what the vendor's users do),
`POST /_faults` with `{account, nth, kind}` and `POST /_clock` with `{now}`.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import urllib3

from hub.demo.vendors.exchange import Answer, Asked, Webhook
from hub.demo.vendors.faults import Fault
from hub.demo.vendors.journal import Journal, Story
from hub.demo.vendors.simulated import Simulated
from hub.demo.vendors.town import Outcome, Town

START = "2026-11-20T14:12:00.000000Z"
"""When the day begins that events/journey.json tells."""

_OF_A_HOP = frozenset({"host", "connection", "content-length", "transfer-encoding", "content-encoding"})
_MALFORMED = object()
_HTML = b"<!doctype html><title>Sign in to the network</title>"


def nobody(_: Webhook) -> None:
    """Nobody subscribed to webhooks."""


class VendorServer:
    """The vendors. `start`: canonical time of the day that is told; `late`: seconds of a late answer.

    `waiting`: how many webhooks `tell` has not passed on yet. `others`: connector or account -> base URL of
    whoever plays it instead. `more`: from the server's own URL
    to vendors beside those that are written by hand.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        state: Path | None = None,
        start: str = START,
        seeds: Iterable[tuple[str, str, Any]] = (),
        faults: Iterable[Fault] = (),
        tell: Callable[[Webhook], None] = nobody,
        waiting: Callable[[], int] = int,
        late: float = 30.0,
        others: Mapping[str, str] | None = None,
        more: Callable[[str], Mapping[str, Simulated]] | None = None,
    ) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (_Handler,), {"vendors": self}))
        self._http.daemon_threads = True
        self.town = Town(Journal(state), Story(start), tell, more(self.url) if more else None)
        self.town.seed(seeds)
        self.town.faults.extend(faults)
        self.late = late
        self.waiting = waiting
        self.others = others or {}
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """What the setting VENDOR_URL is."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Translates HTTP into calls of the town, and faults into what they look like on the wire."""

    protocol_version = "HTTP/1.1"
    vendors: VendorServer

    def do_GET(self) -> None:
        """Any method: the vendor decides."""
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """The log of calls is the town's."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        first, _, rest = unquote(parts.path).lstrip("/").partition("/")
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        if other := self.vendors.others.get(first) or self.vendors.others.get(first.partition(".")[0]):
            self._pass_on(f"{other.rstrip('/')}/{rest}" + (f"?{parts.query}" if parts.query else ""), raw)
            return
        body = _json(raw)
        if body is _MALFORMED and first not in self.vendors.town.simulated:
            self._reply(Answer(400, {"error": "malformed"}))
            return
        if first.startswith("_"):
            self._reply(self._control(first, rest, body))
            return
        if first not in self.vendors.town.vendors:
            self._reply(Answer(404, {"error": "no such account"}))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        _, _, below = parts.path.lstrip("/").partition("/")
        target = f"/{below}" + (f"?{parts.query}" if parts.query else "")
        asked = Asked(self.command, f"/{rest}", dict(parse_qsl(parts.query)), headers, body, target, raw)
        self._perform(first, asked)

    def _pass_on(self, url: str, raw: bytes) -> None:
        """Ask whoever plays this vendor; silence where nobody does."""
        headers = {name: text for name, text in self.headers.items() if name.lower() not in _OF_A_HOP}
        try:
            answer = urllib3.request(
                self.command, url, body=raw, headers=headers, redirect=False, retries=False, timeout=30.0
            )
        except urllib3.exceptions.HTTPError:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, text in answer.headers.items():
            if name.lower() not in _OF_A_HOP:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(answer.data)))
        self.end_headers()
        self.wfile.write(answer.data)

    def _perform(self, account: str, asked: Asked) -> None:
        nth, fault = self.vendors.town.arrive(account)
        if fault == "late":
            time.sleep(self.vendors.late)
        outcome = self.vendors.town.call(account, asked, nth, fault)
        if outcome.answer is None or outcome.fault == "late":
            self.close_connection = True
        else:
            self._reply(outcome.answer, outcome)

    def _control(self, name: str, rest: str, body: Any) -> Answer:
        town = self.vendors.town
        if self.command == "GET" and name in ("_calls", "_state"):
            return Answer(200, town.journal.calls() if name == "_calls" else town.state())
        if self.command == "GET" and name == "_waiting":
            return Answer(200, self.vendors.waiting())
        if name == "_edit" and rest in town.vendors:
            return Answer(200, town.edit(rest, body).facts)
        if name == "_faults":
            town.faults.append(Fault(body["account"], body["nth"], body["kind"]))
            return Answer(204)
        if name == "_clock":
            town.clock.reach(body["now"])
            return Answer(204)
        return Answer(404, {"error": "no such control"})

    def _reply(self, answer: Answer, outcome: Outcome | None = None) -> None:
        fault = outcome.fault if outcome else ""
        body = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
        body = _HTML if fault == "html" else body
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/html" if fault == "html" else "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault == "half" else body)
        self.close_connection = self.close_connection or fault == "half"


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return _MALFORMED
