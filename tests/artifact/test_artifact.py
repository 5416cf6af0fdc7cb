"""What is in the artifact, and what is not."""

import json
import marshal
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hub import artifact as artifacts
from hub.artifact import BuildError, build, here, zipped

ROOT = Path(__file__).parents[2]
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def top(folder):
    return {path.name for path in folder.iterdir() if not path.name.endswith(".dist-info")}


def test_it_holds_what_runs_and_nothing_else(artifact):
    ours = {"functions", "hub", "compiled", "__pycache__"}
    theirs = {"aws_lambda_powertools", "jmespath", "phonenumbers", "stdnum", "typing_extensions.py"}
    assert top(artifact) - {"connectors", "console"} == ours | theirs


def test_what_only_people_at_a_keyboard_need_is_left_out(artifact):
    modules = {path.stem for path in (artifact / "hub").iterdir()}
    assert not modules & artifacts.LEFT_OUT
    assert {"pipeline", "store", "catalog"} <= modules
    assert not [
        name for name in names(artifact) if name.endswith((".yaml", ".so")) or name.startswith("tests/")
    ]


def test_a_large_package_is_in_it_only_where_a_connector_in_use_needs_it(artifact, tmp_path):
    assert not [path.name for path in artifact.iterdir() if path.name.startswith(tuple(artifacts.ECDSA))]
    (tmp_path / "connectors").mkdir()
    text = "receive: {signature: {ecdsa: p256, header: X, secret: public_key}}\nresources: {}\n"
    (tmp_path / "connectors" / "mail.yaml").write_text(text)
    assert artifacts._unused(tmp_path) == artifacts.ECDSA
    (tmp_path / "accounts.yaml").write_text("mail.main: {}\n")
    assert artifacts._unused(tmp_path) == set()
    names = ["cryptography", "cryptography-50.0.2.dist-info", "_cffi_backend.cpython-311-x86_64-linux-gnu.so"]
    assert artifacts._unneeded(artifacts.ECDSA, "packages", [*names, "jmespath"]) == set(names)


def test_the_same_files_give_the_same_bytes(artifact):
    again = artifact.with_name("test-artifact-again")
    build(ROOT, again, platform=here(), python=RUNNING)
    assert zipped(again) == zipped(artifact)
    shutil.rmtree(again)


def test_a_cold_start_finds_bytecode_that_needs_no_look_at_its_source(artifact):
    sources = {name for name in names(artifact) if name.endswith(".py")}
    tag = sys.implementation.cache_tag
    for name in sources:
        path = artifact / name
        compiled = path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc"
        assert compiled.read_bytes()[4:8] == b"\x01\x00\x00\x00", name  # PEP 552: by hash, unchecked


def test_a_traceback_names_the_place_in_lambda(artifact):
    [compiled] = (artifact / "functions" / "__pycache__").glob("receive.*.pyc")
    assert marshal.loads(compiled.read_bytes()[16:]).co_filename == "/var/task/functions/receive.py"


def test_the_files_that_people_edit_are_in_it_as_data(artifact):
    code = "import compiled, json; print(json.dumps(compiled.DATA))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=artifact, capture_output=True, text=True, check=True
    )
    kinds = {document["kind"] for document in json.loads(done.stdout)["documents"]}
    assert {"connector", "mapping", "entity", "flow"} <= kinds


MAPPED = """
import json, sys
import compiled
from hub.catalog import Catalog
from hub.expressions import compile
from hub.mapping import Context

catalog = Catalog.thaw(compiled.DATA, compiled.MAPPINGS)
for mapping in catalog.mappings.values():
    mapping.both, mapping.model
for flow in catalog.flows.values():
    flow.condition, flow.once, flow.cancel, flow.send
context = Context(catalog.accounts["shopify.co"], "2026-11-20T15:30:00.000000Z")
fields = catalog.mappings["shopify.order"].inward(json.load(sys.stdin)["body"], context).fields
places = {compile(source)._run.__module__ for source, (run, *_) in compiled.EXPRESSIONS.items() if run}
inside = ("jmespath", "hub.expressions.", "compiled.", "hub.mapping.")
loaded = sorted(name for name in sys.modules if name.startswith(inside))
print(json.dumps([fields, sorted(places), loaded]))
"""


EXPRESSIONS = ("error", "expression", "functions", "limits", "native", "operators", "template")


def test_a_mapping_runs_the_functions_of_the_build_and_parses_no_expression(artifact):
    event = (ROOT / "events" / "shopify" / "order.json").read_text(encoding="utf-8")
    command = [sys.executable, "-c", MAPPED]
    done = subprocess.run(command, cwd=artifact, input=event, capture_output=True, text=True, check=True)
    fields, places, loaded = json.loads(done.stdout)
    assert fields["total"]["currency"] == "COP"
    assert places == ["compiled"]
    assert {name for name in loaded if not name.startswith("hub.expressions.functions.")} == {
        *(f"hub.expressions.{name}" for name in EXPRESSIONS),
        *(f"hub.mapping.{name}" for name in ("claims", "leaves", "model", "rule", "running", "tables")),
        *(name for name in loaded if name.startswith("compiled.") and name.endswith("_shopify_order")),
    }


DOCUMENTS = """
from importlib import import_module
from hub.tax_ids import KINDS

modules = {kind.module for kinds in KINDS.values() for kind in kinds}
print(len([import_module(f"stdnum.{module}").validate for module in modules]), len(modules))
"""


def test_the_rules_of_every_kind_of_document_are_in_it_and_those_of_other_countries_are_not(artifact):
    command = [sys.executable, "-c", DOCUMENTS]
    done = subprocess.run(command, cwd=artifact, capture_output=True, text=True, check=True)
    loaded, wanted = done.stdout.split()
    assert loaded == wanted
    assert not (artifact / "stdnum" / "cn").exists()
    assert not (artifact / "aws_lambda_powertools" / "event_handler").exists()


def test_bytecode_of_another_python_cannot_be_written(tmp_path):
    with pytest.raises(BuildError, match="needs that Python"):
        build(ROOT, tmp_path / "artifact", platform="arm64", python="3.99")


def test_a_wrong_file_fails_the_build_with_its_place(tmp_path, capsys):
    for folder in (
        "requirements",
        "functions",
        "hub",
        "connectors",
        "mappings",
        "entities",
        "flows",
        "events",
    ):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in ("accounts.yaml", "owners.yaml"):
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / "flows" / "late.yaml").write_text("on: customer\nsend: [hubspot.contakt]\n")
    (tmp_path / "build").mkdir()
    shutil.copytree(ROOT / "build" / "packages", tmp_path / "build" / "packages")
    assert artifacts.main(["--root", str(tmp_path), "--out", str(tmp_path / "build" / "artifact")]) == 1
    assert "flows/late.yaml:2:16:" in capsys.readouterr().err
    assert not (tmp_path / "build" / "artifact").exists()


def test_the_command_says_what_it_built_and_what_it_cannot_build(monkeypatch, capsys):
    monkeypatch.setattr(artifacts, "build", lambda root, out, *, platform, python: 1_234_567)
    assert artifacts.main(["--platform", "arm64", "--python", "3.11"]) == 0
    assert capsys.readouterr().out == "build/artifact: 1.2 MB for arm64, Python 3.11\n"
    monkeypatch.undo()
    assert artifacts.main(["--python", "3.99"]) == 1
    assert "needs that Python" in capsys.readouterr().err


def test_an_artifact_that_has_grown_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(artifacts, "LARGEST", 1000)
    with pytest.raises(BuildError, match="bytes are more than 1,000"):
        build(ROOT, ROOT / "build" / "test-large", platform=here(), python=RUNNING)
    shutil.rmtree(ROOT / "build" / "test-large.new")


def test_dependencies_that_cannot_be_installed_fail_the_build(tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "runtime.txt").write_text("./nowhere.whl --hash=sha256:00\n")
    with pytest.raises(BuildError, match="could not install"):
        build(tmp_path, tmp_path / "artifact", platform=here(), python=RUNNING)
