"""All files together, from YAML and from the artifact."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.errors import FileErrors
from hub.mapping import Context

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests" / "checks" / "base"


@pytest.fixture(scope="module")
def catalog():
    return Catalog.read(BASE)


def test_every_file_has_its_model(catalog):
    assert set(catalog.entities) == {"customer", "message"}
    assert set(catalog.connectors) == {"shop", "mail"}
    assert set(catalog.mappings) == {"shop.customer", "mail.event"}
    assert set(catalog.flows) == {"sync"}
    assert set(catalog.accounts) == {"shop.co", "mail.main"}
    assert catalog.owners.owner("customer", "stage") == "shop"
    assert [mapping.name for mapping in catalog.mappings_of("shop", "customer")] == ["shop.customer"]
    assert catalog.mappings_of("shop", "order") == []


def test_the_artifact_says_the_same_as_the_files(catalog):
    thawed = Catalog.thaw(json.loads(json.dumps(catalog.freeze())))
    assert thawed.revision == catalog.revision
    assert thawed.freeze() == catalog.freeze()
    mapping = thawed.mappings["shop.customer"]
    incoming = mapping.inward({"email": "x"}, Context(thawed.accounts["shop.co"], ""))
    assert str(incoming.drift[0]) == "mappings/shop.customer.yaml:3:3"


def test_the_revision_changes_with_any_file_and_only_then(catalog, tmp_path):
    assert len(catalog.revision) == 16
    assert Catalog.of(reversed(catalog.documents)).revision == catalog.revision
    assert Catalog.of(catalog.documents[1:]).revision != catalog.revision


def test_what_has_no_account_is_on_the_shelf_only(catalog):
    used = catalog.in_use()
    assert used.freeze() == catalog.freeze()
    shelf = Catalog.of(found for found in catalog.documents if found[0] != "accounts").in_use()
    assert set(shelf.connectors) == set(shelf.mappings) == set()
    assert set(shelf.entities) == {"customer", "message"}


def test_thawing_loads_no_yaml(catalog):
    script = (
        "import json, sys\nfrom hub.catalog import Catalog\n"
        "Catalog.thaw(json.load(sys.stdin))\nprint('yaml' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(catalog.freeze()),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.strip() == "False"


def test_a_destination_names_its_account_where_there_are_several(catalog):
    assert catalog.destination("shop.customer") == "shop.co.customer"
    assert catalog.destination("shop.co.customer") == "shop.co.customer"
    with pytest.raises(LookupError):
        catalog.destination("shop.mx.customer")
    with pytest.raises(LookupError):
        catalog.destination("nowhere.customer")


def test_all_unreadable_files_are_told_at_once(tmp_path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "a.yaml").write_text("on: @\n")
    (tmp_path / "accounts.yaml").write_text("a: 1\na: 2\n")
    with pytest.raises(FileErrors) as caught:
        Catalog.read(tmp_path)
    assert [error.code for error in caught.value.errors] == ["duplicate-key", "unquoted-expression"]


def test_without_owners_nobody_owns_a_field(tmp_path):
    empty = Catalog.read(tmp_path)
    assert empty.owners.owner("customer", "email") is None
    assert empty.accounts == {}
