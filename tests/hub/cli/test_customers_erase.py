"""hub customers, on a hub in memory."""

import io
import json

import pytest

from hub import cli
from hub.cli import customers_erase
from tests.hub.pipeline.erase.people import Lived, left


@pytest.fixture
def day(monkeypatch):
    day = Lived()
    monkeypatch.setattr(customers_erase, "hub_of", lambda arguments: day.hub)
    return day


def said(capsys):
    return json.loads(capsys.readouterr().out)


def test_somebody_is_erased_and_the_certificate_verified(day, capsys):
    assert cli.main(["customers", "certificate", day.id]) == 1
    assert "nobody with this id was erased" in capsys.readouterr().err
    assert cli.main(["customers", "erase", day.id, "--actor", "ana", "--reason", "asked by letter"]) == 0
    assert said(capsys)["state"] == "begun"
    day.minutes(1)
    assert cli.main(["customers", "certificate", day.id]) == 1
    assert "under way" in capsys.readouterr().err
    day.minutes()
    assert cli.main(["customers", "certificate", day.id]) == 0
    captured = capsys.readouterr()
    assert (json.loads(captured.out)["actor"], captured.err) == ("ana", "the signature holds\n")
    kept = day.hub.archive.texts[f"erased/{day.id}.json"]
    day.hub.archive.texts[f"erased/{day.id}.json"] = kept.replace('"actor":"ana"', '"actor":"eva"')
    assert cli.main(["customers", "certificate", day.id]) == 1
    assert "does NOT hold" in capsys.readouterr().err


def test_all_that_is_known_is_printed(day, capsys):
    assert cli.main(["customers", "export", day.id]) == 0
    assert said(capsys)["fields"]["phone"]["value"] == "+573105550147"
    assert cli.main(["customers", "export", "0" * 24]) == 1


def test_somebody_is_let_in_again_by_a_value_that_stands_on_no_command_line(day, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("lucia.fernandez@correo.example\n"))
    assert cli.main(["customers", "readmit", "email"]) == 1
    assert "nobody who is named so was erased" in capsys.readouterr().err
    day.erase()
    monkeypatch.setattr("sys.stdin", io.StringIO("310 555 0147\n"))
    assert cli.main(["customers", "readmit", "phone", "--country", "CO"]) == 0
    assert said(capsys) == {"erasure": day.id, "readmitted": True}
    monkeypatch.setattr("sys.stdin", io.StringIO("x\n"))
    assert cli.main(["customers", "readmit", "shoe_size"]) == 1


def test_suppressions_are_put_back(day, capsys):
    day.erase()
    assert cli.main(["customers", "reapply"]) == 0
    assert said(capsys) == {"erasures": 1, "suppressions": 10, "begun": 0}
    assert left(day) == []
