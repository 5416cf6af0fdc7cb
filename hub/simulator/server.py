"""Simulated vendors behind one HTTP server on loopback: `/<connector>.<account>/<the vendor's own path>`.

VENDOR_URL may point at it, or the vendors of the demo pass an account on to it (`others` of their server).
"""

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from hub.connector import HttpRequest, HttpResponse
from hub.errors import HubError, RetryError
from hub.simulator.vendor import Simulator


class SimulatorServer:
    """Serves simulators by the names of their accounts; one request at a time reaches each of them."""

    def __init__(self, vendors: Mapping[str, Simulator], *, port: int = 0) -> None:
        self.vendors = vendors
        self.lock = threading.Lock()
        handler = type("Bound", (_Handler,), {"server_of": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads = True
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

    def answer(self, name: str, request: HttpRequest) -> HttpResponse | None:
        """What the vendor answers; None where it stays silent."""
        vendor = self.vendors.get(name)
        if vendor is None:
            return HttpResponse(404)
        try:
            with self.lock:
                return vendor.answer(request)
        except RetryError:
            return None
        except HubError as error:
            return HttpResponse(501, {"content-type": "text/plain"}, str(error).encode())


class _Handler(BaseHTTPRequestHandler):
    """Translates HTTP into requests to the simulators."""

    protocol_version = "HTTP/1.1"
    server_of: SimulatorServer

    def do_GET(self) -> None:
        """Any method: the vendor decides."""
        name, _, rest = self.path.lstrip("/").partition("/")
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        url = f"{self.server_of.url}/{name}/{rest}"
        request = HttpRequest(self.command, url, dict(self.headers.items()), body or None)
        response = self.server_of.answer(name, request)
        if response is None:
            self.close_connection = True
            return
        self._reply(response)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """What came is noted by the simulator."""

    def _reply(self, response: HttpResponse) -> None:
        self.send_response(response.status)
        for name, text in response.headers.items():
            for line in text.split("\n"):
                self.send_header(name, line)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)
