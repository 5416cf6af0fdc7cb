import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from hub.client import LARGEST_BODY, HttpClient
from hub.client import http as module
from hub.connector import HttpRequest
from hub.errors import RecordError, RetryError


class Vendor(BaseHTTPRequestHandler):
    """A vendor on loopback whose path says how it behaves."""

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        getattr(self, "answer_" + self.path.strip("/"))(body)

    def do_GET(self):
        self.do_POST()

    def answer_echo(self, body):
        self._send(201, body, {"X-Seen": self.headers.get("Authorization", "")})

    def answer_login(self, _):
        self.send_response(200)
        for cookie in ("B1SESSION=s-1; HttpOnly", "ROUTEID=.node1, the first; path=/b1s"):
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_moved(self, _):
        self._send(302, b"", {"Location": "http://evil.example/"})

    def answer_busy(self, _):
        self.server.asked += 1
        self._send(503, b"", {"Retry-After": "7"})

    def answer_large(self, _):
        self._send(200, b"x" * (LARGEST_BODY + 5), {})

    def answer_half(self, _):
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"half")

    def answer_silence(self, _):
        self.server.released.wait(5)

    def _send(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def vendor():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    server.asked = 0
    server.released = threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def asked(vendor, path, method="POST", body=b"{}"):
    url = f"http://127.0.0.1:{vendor.server_port}/{path}"
    return HttpClient().send(HttpRequest(method, url, {"Authorization": "Bearer t"}, body))


def test_a_request_is_sent_as_it_is_and_header_names_come_back_in_lower_case(vendor):
    answer = asked(vendor, "echo", body=b'{"a": 1}')
    assert (answer.status, answer.json(), answer.headers["x-seen"]) == (201, {"a": 1}, "Bearer t")


def test_each_cookie_of_an_answer_comes_back_on_a_line_of_its_own(vendor):
    cookies = asked(vendor, "login").headers["set-cookie"]
    assert cookies == "B1SESSION=s-1; HttpOnly\nROUTEID=.node1, the first; path=/b1s"


def test_a_request_without_a_body_is_answered_without_one(vendor):
    assert asked(vendor, "echo", "GET", None).json() is None


def test_a_redirect_is_not_followed(vendor):
    assert asked(vendor, "moved").status == 302


def test_a_busy_vendor_is_asked_once(vendor):
    assert asked(vendor, "busy").headers["retry-after"] == "7"
    assert vendor.asked == 1


def test_a_large_answer_is_cut_off(vendor):
    assert len(asked(vendor, "large").body) == LARGEST_BODY


def test_half_an_answer_leaves_the_outcome_open(vendor):
    with pytest.raises(RetryError, match="timeout"):
        asked(vendor, "half")


def test_silence_leaves_the_outcome_open(vendor, monkeypatch):
    monkeypatch.setattr(module, "READ_SECONDS", 0.05)
    with pytest.raises(RetryError, match="timeout"):
        asked(vendor, "silence")


def test_a_refused_connection_sent_nothing():
    with pytest.raises(RetryError, match="connection"):
        HttpClient().send(HttpRequest("GET", "http://127.0.0.1:1/"))


@pytest.mark.parametrize(
    "url",
    [
        "http://vendor.example/",
        "ftp://127.0.0.1/",
        "vendor.example",
        "",
        "http://[::1",
        "https://",
        "https://a:x/",
    ],
)
def test_only_https_and_loopback_may_be_called(url):
    with pytest.raises(RecordError, match="bad-url"):
        HttpClient().send(HttpRequest("GET", url))


def test_a_sandbox_may_be_plain(monkeypatch):
    def request(self, method, url, **_):
        raise urllib3.exceptions.NewConnectionError(None, url)

    monkeypatch.setattr(urllib3.PoolManager, "request", request)
    with pytest.raises(RetryError, match="connection"):
        HttpClient(plain=True).send(HttpRequest("GET", "http://sandbox.example/"))


def test_a_header_that_http_cannot_carry_rejects_the_record(vendor):
    request = HttpRequest("GET", f"http://127.0.0.1:{vendor.server_port}/echo", {"X-Key": "a\nb"})
    with pytest.raises(RecordError, match="bad-request"):
        HttpClient().send(request)
