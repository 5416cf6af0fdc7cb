"""The contract of vendors of other kinds than those that ship: every word of the format can be simulated."""

import json
import shutil
from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.checks import check
from hub.contract import examined
from hub.contract.bench import Bench
from tests.contract.kinds import KINDS

ROOT = Path(__file__).parents[2]


def project(root, name):
    """A project that holds one of these vendors."""
    shutil.copytree(ROOT / "entities", root / "entities")
    kind = KINDS[name]
    files = {f"connectors/{name}.yaml": kind["connector"], "accounts.yaml": "{}"}
    files |= {f"mappings/{name}.{resource}.yaml": text for resource, text in kind["mappings"].items()}
    files |= {f"events/{name}/{file}.json": json.dumps(data) for file, data in kind["events"].items()}
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_vendor_of_another_kind_is_simulated(tmp_path, name):
    root = project(tmp_path, name)
    assert [str(error) for error in check(root).errors if error.code != "untested-field"] == []
    told = list(examined(Bench(root, Catalog.read(root), name)))
    assert [one.line for one in told if one.state == "failed"] == []
    assert len([one for one in told if one.state == "passed"]) > 20
