"""The fleet behind real sockets: the hub's own HTTP client, and a server on loopback that is every vendor.

The server's threads work while the hub's waits for its answer, never beside it, so that a life is as it is
without sockets. What goes wrong goes wrong on the wire: refused and reset connections, bodies that end in
the middle, pages of HTML, answers that come after the client has given up.
"""

import socket
import struct
import threading
from collections import Counter
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from hub.client import HttpClient, http
from hub.connector import HttpRequest
from hub.errors import RetryError
from tests.fleet.wire import Wire
from tests.fleet.world import World

HOME = "https://fleet.example"
READ_SECONDS = 0.06
"""What the real client waits for an answer here; the life's own clock counts ten seconds for it."""

GONE = 10.0
"""Seconds within which a client that has given up must have closed its connection."""

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: a closing that throws away what is unsent, and says so by RST."""


class Street(Wire):
    """A client whose requests go out through HttpClient to a server here. `met`: what became of them."""

    def __init__(self, world):
        super().__init__(world)
        self.met = Counter()
        self.fault, self.failed = "good", None
        self.done = threading.Event()
        self.server = Server(self)
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with patch.object(http, "READ_SECONDS", READ_SECONDS):
            self.http = HttpClient()
            self.pool = self.http._pool  # made now, with these seconds

    def close(self):
        """Nobody asks any more."""
        self.pool.clear()
        self.server.shutdown()
        self.server.server_close()

    def _carry(self, system, request, fault):
        """The answer as the real client gives it."""
        self.met[fault] += 1
        self.fault, outer = fault, (self.fault, self.done)
        self.done = done = threading.Event()
        where = self.nobody if fault == "lost-before" else self.server.url
        try:
            return self.http.send(replace(request, url=request.url.replace(HOME, where)))
        finally:
            if fault != "lost-before":
                assert done.wait(GONE), "the server has not seen the request"
            self.fault, self.done = outer
            if self.failed:
                raise self.failed

    def serve(self, request, line):
        """What a vendor does with a request; `line`: the connection, on which it answers or does not."""
        fault, done = self.fault, self.done
        system = self.world.systems[request.url.split("/")[3]]
        try:
            response = system.arrive(request) or getattr(self, f"_{fault}")(system, request)
        except RetryError:
            done.set()
            return line.reset() if fault == "reset" else line.silent()
        except Exception as error:
            self.failed = error
            done.set()
            return line.reset()
        done.set()
        return line.answer(response, whole=fault != "half" or response.status != 200)

    def _half(self, system, request):
        self.unknown.add(request.body)
        return system.apply(request)


class Line(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        """Any request."""
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length) if length else None
        headers = dict(self.headers.items())
        self.server.street.serve(HttpRequest(self.command, HOME + self.path, headers, body), self)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def answer(self, response, *, whole):
        """Say all of it, or half of it and hang up."""
        self.send_response_only(response.status)
        for name, value in {**response.headers, "content-length": str(len(response.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body if whole else response.body[: len(response.body) // 2])
        self.close_connection = self.close_connection or not whole

    def reset(self):
        """Cut the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.close_connection = True

    def silent(self):
        """Say nothing until the client has given up."""
        self.connection.settimeout(GONE)
        assert self.connection.recv(1) == b"", "the client is still there"
        self.close_connection = True

    def log_message(self, *_):
        """Not a word on the terminal."""


class Server(ThreadingHTTPServer):
    """Every vendor of a life, on a port that the system chooses."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, street):
        super().__init__(("127.0.0.1", 0), Line)
        self.street = street
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def shutdown_request(self, request):
        """Close without a goodbye that would hide a reset."""
        self.close_request(request)


class SocketWorld(World):
    """A life whose requests go over sockets."""

    carrier = Street
