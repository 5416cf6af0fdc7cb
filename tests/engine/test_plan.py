"""hub plan against a stack that runs: its functions' own files, and the events that came in there."""

import json
import time
import urllib.request

import pytest

from hub.catalog import Catalog
from hub.cli import main
from hub.cli.deployed import Deployed
from hub.samples.signing import Endpoint
from tests.conftest import ROOT, SECRETS
from tests.docs.project import copy

pytestmark = pytest.mark.engine


@pytest.fixture
def environment(stack, monkeypatch):
    """The environment of somebody who may ask this stack."""
    credentials = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in {**credentials, "AWS_ENDPOINT_URL": stack.engine.url}.items():
        monkeypatch.setenv(name, value)
    return stack


def post(stack, file):
    connector = Catalog.read(ROOT).connectors["shopify"]
    sample = json.loads((ROOT / file).read_text(encoding="utf-8"))
    endpoint = Endpoint(connector, "co")
    request = endpoint.request(stack.api, sample, SECRETS["shopify.co"], time.time())
    url = stack.api + endpoint.path
    asked = urllib.request.Request(url, data=request.body, headers=request.headers, method="POST")
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200


def await_events(seconds=30):
    end = time.monotonic() + seconds
    while not (found := Deployed("cauce").events(10).events):
        assert time.monotonic() < end, "nothing was archived"
        time.sleep(0.2)
    return found


def test_the_deployed_files_are_compared_on_the_events_of_the_archive(environment, tmp_path, capsys):
    post(environment, "events/shopify/customer.json")
    assert "customer" in {one.told.resource for one in await_events()}
    project = copy(tmp_path)
    assert main(["plan", "--root", str(project), "--stack", "cauce"]) == 0
    assert capsys.readouterr().out.startswith("No change")
    mapping = project / "mappings" / "shopify.customer.yaml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace(" first_name\n", " first_nam\n"), encoding="utf-8")
    assert main(["plan", "--root", str(project), "--stack", "cauce"]) == 1
    said = capsys.readouterr().out
    assert "  before  what cauce runs\n" in said
    assert "  events  the archive of cauce\n" in said
    assert "shopify.customer given_name: " in said
    assert "L••• → (not told)" in said
    assert "raw/20" in said


def test_a_stack_that_is_not_there_is_said(environment, capsys):
    assert main(["plan", "--root", str(ROOT), "--stack", "another"]) == 2
    assert "hub plan: AWS: " in capsys.readouterr().err
