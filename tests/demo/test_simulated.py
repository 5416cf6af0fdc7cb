"""An account that nobody wrote a server for is played by its connector's file."""

import json
import shutil
from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.demo.vendors.server import VendorServer
from hub.demo.vendors.simulated import simulated
from tests.demo.asking import ask

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path):
    shutil.copytree(ROOT / "tests/checks/base", tmp_path, dirs_exist_ok=True)
    catalog = Catalog.read(tmp_path)
    with VendorServer(more=lambda url: simulated(tmp_path, catalog, url)) as vendors:
        yield vendors


def put(server, email, token="demo-shop.co-access_token"):
    body = json.dumps({"email": email}).encode()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return ask("PUT", f"{server.url}/shop.co/customers/{email}", body, headers)


def test_what_is_written_is_kept_and_counted(server):
    status, first = put(server, "ada@correo.example")
    assert status == 200
    assert put(server, "ada@correo.example") == (200, first)
    assert put(server, "eva@correo.example")[1] != first
    assert len(ask("GET", f"{server.url}/_state")[1]["shop.co"]["customer"]) == 2
    calls = ask("GET", f"{server.url}/_calls")[1]
    assert [call["facts"] for call in calls] == [{"call": "customer.upsert"}] * 3


def test_a_wrong_credential_and_an_unknown_request_are_refused(server):
    assert put(server, "ada@correo.example", token="other")[0] == 401
    headers = {"authorization": "Bearer demo-shop.co-access_token"}
    assert ask("GET", f"{server.url}/shop.co/nothing", None, headers)[0] == 404
    assert ask("GET", f"{server.url}/shop.none/nothing", None, headers)[0] == 404
    assert ask("GET", f"{server.url}/_state")[1]["shop.co"]["customer"] == {}
