"""The command `hub contract`."""

import json
import shutil
from pathlib import Path

import pytest

from hub.cli import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path):
    """A project with one connector."""
    shutil.copytree(ROOT / "entities", tmp_path / "entities")
    shutil.copytree(ROOT / "events" / "square", tmp_path / "events" / "square")
    for file in ("connectors/square.yaml", "mappings/square.customer.yaml", "mappings/square.order.yaml"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / file, tmp_path / file)
    (tmp_path / "accounts.yaml").write_text("{}\n", encoding="utf-8")
    return tmp_path


def test_a_connector_that_keeps_the_contract(project, capsys):
    assert main(["contract", "square", "--root", str(project)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("square") and line.endswith("0 failed")


def test_each_check_is_shown(project, capsys):
    assert main(["contract", "-v", "--root", str(project)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  ok  A webhook signed with another secret is refused: 401, empty." in lines
    assert any(line.startswith("   -  The vendor's question") for line in lines)


def test_a_failure_names_the_line(project, capsys):
    file = project / "connectors/square.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("body.event_id", "body.merchant_id"), encoding="utf-8"
    )
    assert main(["contract", "square", "--root", str(project)]) == 1
    told = capsys.readouterr().out
    assert "NO  connectors/square.yaml:" in told
    assert "it is the same in all samples" in told


def test_for_programs(project, capsys):
    assert main(["contract", "square", "--json", "--root", str(project)]) == 0
    told = json.loads(capsys.readouterr().out)["square"]
    assert {one["state"] for one in told} == {"passed", "does not apply"}
    assert {"check", "group", "sentence", "subject", "state", "why", "place"} == set(told[0])


def test_the_checks_are_listed(capsys):
    assert main(["contract", "--list"]) == 0
    told = capsys.readouterr().out
    assert "first_write" in told and "mishaps" in told


def test_a_connector_that_is_not_there(project, capsys):
    assert main(["contract", "squar", "--root", str(project)]) == 2
    assert "did you mean square?" in capsys.readouterr().err
