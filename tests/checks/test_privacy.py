"""What `hub check` says of `privacy:` and of `delete:`."""

import shutil
from pathlib import Path

import pytest

from hub.cli import main

BASE = Path(__file__).parent / "base"


def said(tmp_path, capsys, text):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "connectors/shop.yaml"
    file.write_text(file.read_text() + text)
    code = main(["check", "--root", str(tmp_path)])
    return code, capsys.readouterr().out


def test_what_a_vendor_may_ask_is_no_mistake(tmp_path, capsys):
    code, out = said(
        tmp_path,
        capsys,
        "privacy:\n"
        "  people/forget: {do: erase, resource: customer, record: body.person}\n"
        "  shop/gone: {do: erase-account}\n",
    )
    assert code == 0, out


@pytest.mark.parametrize(
    ("part", "code", "place"),
    [
        ("  customer.created: {do: erase, resource: customer, record: body}", "topic-twice", "19:3"),
        ("  x: {do: erase, resource: custmer, record: body}", "unknown-resource", "19:28"),
        ("  x: {do: erase, resource: customer}", "missing-key", "19:3"),
        ("  x: {do: forget}", "bad-value", "19:11"),
        ("  x: {do: erase, resource: customer, record: body[}", "unquoted-expression", "19:6"),
        ('  x: {do: erase, resource: customer, record: "body.("}', "expression", "19:"),
    ],
)
def test_a_mistake_in_what_is_asked_has_its_place(tmp_path, capsys, part, code, place):
    failed, out = said(tmp_path, capsys, f"privacy:\n{part}\n")
    assert failed == 1
    assert f": {code}: " in out, out
    assert f"connectors/shop.yaml:{place}" in out, out


def test_a_deletion_knows_only_the_id_there(tmp_path, capsys):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "connectors/shop.yaml"
    call = '    delete: {request: "DELETE /customers/{record.email}"}\nempty: null'
    file.write_text(file.read_text().replace("empty: null", call))
    assert main(["check", "--root", str(tmp_path)]) == 1
    assert "unknown-name" in capsys.readouterr().out
