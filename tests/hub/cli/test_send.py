import argparse
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hub.cli import send
from hub.pipeline.receive import Arrival, receive
from tests.memory_hub import CHAT, CRM, SECRETS, SHOP, memory_hub

ORDER = {"headers": {"X-Topic": "orders/create", "X-Webhook-Id": "w1"}, "query": {}, "body": {"id": 7}}


class Endpoint(BaseHTTPRequestHandler):
    """The webhook endpoint of a hub in memory."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        reply = receive(self.server.hub, Arrival(self.command, path, query, dict(self.headers), body))
        self.send_response(reply.status)
        self.end_headers()
        self.wfile.write(reply.body.encode())

    def do_GET(self):
        self.do_POST()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    endpoint = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=endpoint.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield endpoint
    endpoint.shutdown()
    thread.join()
    endpoint.server_close()


@pytest.fixture
def url(server, monkeypatch):
    server.hub = memory_hub()
    monkeypatch.setattr("time.time", server.hub.clock)
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "connectors").mkdir()
    for name, text in {"shop": SHOP, "crm": CRM, "chat": CHAT}.items():
        (tmp_path / "connectors" / f"{name}.yaml").write_text(text)
    (tmp_path / "accounts.yaml").write_text(
        'shop.co: {shop: a}\ncrm.main: {portal: "4711"}\nchat.co: {role: x}\n'
    )
    secrets = tmp_path / send.DEFAULT_SECRETS
    secrets.parent.mkdir(parents=True)
    secrets.write_text(json.dumps({name: held[0] for name, held in SECRETS.items()}))
    return tmp_path


@pytest.fixture
def run(project):
    def call(connector, sample, *arguments):
        path = project / "event.json"
        path.write_text(sample if isinstance(sample, str) else json.dumps(sample))
        parser = argparse.ArgumentParser()
        send.add(parser.add_subparsers())
        parsed = parser.parse_args(["send", connector, str(path), "--root", str(project), *arguments])
        return parsed.run(parsed)

    return call


def test_a_sample_is_signed_as_the_vendor_signs_it_and_accepted(run, url, server, capsys):
    assert run("shop", ORDER, "--url", url) == 0
    assert capsys.readouterr().out == "200\n"
    assert len(server.hub.inbound.waiting) == 1


def test_an_apps_url_is_signed_with_the_apps_secret_over_the_public_url(run, url, server):
    sample = {"body": [{"type": "changed", "objectId": 1, "eventId": 1, "portalId": 4711}]}
    assert run("crm", sample, "--url", url, "--public-url", "https://hub.example") == 0
    assert run("crm", sample, "--url", url) == 1
    assert len(server.hub.inbound.waiting) == 1


def test_an_account_of_an_app_may_have_a_url_of_its_own(run, url, server):
    sample = {"body": [{"type": "changed", "objectId": 1, "eventId": 1}]}
    public = ["--public-url", "https://hub.example"]
    assert run("crm", sample, "--url", url, "--account", "crm.main", *public) == 0
    assert len(server.hub.inbound.waiting) == 1


def test_a_form_and_a_handshake_are_sent_as_they_are(run, url, server, capsys):
    assert run("chat", {"body": {"type": "message", "id": "5"}}, "--url", url) == 0
    assert run("chat", {"body": "type=message&id=6"}, "--url", url) == 0
    greeting = {"method": "GET", "query": {"mode": "subscribe", "token": "v2", "challenge": "77"}}
    assert run("chat", greeting, "--url", url) == 0
    assert capsys.readouterr().out.endswith("200 77\n")
    assert len(server.hub.inbound.waiting) == 2


def test_a_secret_may_be_given_at_the_prompt(run, url, project, capsys):
    (project / send.DEFAULT_SECRETS).unlink()
    assert run("shop", ORDER, "--url", url, "--secret", "client_secret=new") == 0
    assert run("shop", ORDER, "--url", url, "--secret", "client_secret=wrong") == 1
    assert capsys.readouterr().out == "200\n401\n"


def test_a_secrets_file_may_be_named(run, url, project):
    other = project / "other.json"
    other.write_text('{"shop.co": {"client_secret": "old"}}')
    assert run("shop", ORDER, "--url", url, "--secrets-file", str(other)) == 0


@pytest.mark.parametrize(
    ("connector", "sample", "arguments", "complaint"),
    [
        ("nobody", ORDER, [], "no connector 'nobody'; there are chat, crm, shop"),
        ("shop", ORDER, ["--account", "shop.mx"], "say --account, one of: shop.co"),
        ("shop", "{", [], "event.json: not a sample event"),
        ("shop", "[]", [], "event.json: a sample event has headers, query and body"),
        ("shop", ORDER, ["--secrets-file", "absent.json"], "absent.json: no such file"),
        ("shop", ORDER, ["--url", "http://127.0.0.1:1"], "no hub answers at http://127.0.0.1:1: connection"),
        ("crm", {"body": []}, ["--secret", "client_secret="], "401"),
    ],
)
def test_a_mistake_is_told_with_its_cure(run, capsys, url, connector, sample, arguments, complaint):
    place = [] if "--url" in arguments else ["--url", url]
    assert run(connector, sample, *place, *arguments) in {1, 2}
    captured = capsys.readouterr()
    assert complaint in captured.err + captured.out


def test_a_missing_secret_is_asked_for(run, url, project, capsys):
    (project / send.DEFAULT_SECRETS).write_text("{}")
    assert run("shop", ORDER, "--url", url) == 2
    assert "no secret 'client_secret' of shop.co: say --secret client_secret=…" in capsys.readouterr().err


def test_a_secrets_file_of_another_form_is_told(run, url, project, capsys):
    (project / send.DEFAULT_SECRETS).write_text("[]")
    assert run("shop", ORDER, "--url", url) == 2
    assert "not JSON of the form" in capsys.readouterr().err
