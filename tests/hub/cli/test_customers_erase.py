"""hub customers erase, certificate, export, readmit and reapply, on a hub in memory."""

import io
import json
from dataclasses import replace

import pytest

from hub import cli
from hub.cli import customers, customers_erase
from hub.pipeline.erase import erasure_of
from hub.store import Put
from tests.hub.cli.served import api
from tests.hub.pipeline.erase.people import Lived, left

WHY = ("--actor", "ana", "--reason", "asked by letter")


@pytest.fixture
def day(monkeypatch):
    day = Lived()
    monkeypatch.setattr(customers, "api_of", lambda arguments: api(day.hub, key="key"))
    monkeypatch.setattr(customers_erase, "hub_of", lambda arguments: day.hub)
    return day


def run(*arguments):
    return cli.main(["customers", *arguments])


def said(capsys):
    return json.loads(capsys.readouterr().out)


def answered(monkeypatch, text):
    answer = io.StringIO(text)
    answer.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", answer)


def test_somebody_is_erased_and_the_certificate_verified(day, capsys):
    assert run("certificate", day.id) == 1
    assert "nobody with this id was erased" in capsys.readouterr().err
    assert run("erase", day.id, *WHY, "--yes") == 0
    assert said(capsys)["state"] == "begun"
    day.minutes(1)
    assert run("certificate", day.id) == 1
    assert "under way" in capsys.readouterr().err
    day.minutes()
    assert run("certificate", day.id) == 0
    captured = capsys.readouterr()
    assert (json.loads(captured.out)["actor"], captured.err) == ("ana", "the signature holds\n")


def test_a_certificate_that_somebody_changed_does_not_hold(day, capsys):
    day.erase()
    item = erasure_of(day.hub.store, day.id)
    changed = {**item.data["certificate"], "actor": "eva"}
    day.hub.store.commit([Put(replace(item, data={**item.data, "certificate": changed}))])
    assert run("certificate", day.id) == 1
    assert "does NOT hold" in capsys.readouterr().err


def test_who_is_asked_and_does_not_say_yes_erases_nobody(day, capsys, monkeypatch):
    answered(monkeypatch, "no\n")
    assert run("erase", day.id, *WHY) == 1
    out = capsys.readouterr().out
    assert "7 records of hubspot.main, odoo.main, shopify.co" in out
    assert "cannot be taken back" in out
    assert run("export", day.id) == 0


def test_who_says_yes_does(day, capsys, monkeypatch):
    answered(monkeypatch, "y\n")
    assert run("erase", "--email", "lucia.fernandez@correo.example", *WHY) == 0
    capsys.readouterr()
    assert run("show", day.id) == 1
    assert "this customer was erased" in capsys.readouterr().err


def test_all_that_is_known_is_printed(day, capsys):
    assert run("export", day.id) == 0
    assert said(capsys)["fields"]["phone"]["value"] == "+573105550147"
    assert run("export", "0" * 24) == 1


def test_somebody_is_let_in_again_by_a_value_that_stands_on_no_command_line(day, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("lucia.fernandez@correo.example\n"))
    assert run("readmit", "--email", "-") == 1
    assert "nobody who is named so was erased" in capsys.readouterr().err
    day.erase()
    monkeypatch.setattr("sys.stdin", io.StringIO("310 555 0147\n"))
    assert run("readmit", "--phone", "-", "--country", "CO") == 0
    assert said(capsys) == {"erasure": day.id, "readmitted": True}
    assert run("readmit", "--by", "shoe_size=41") == 1


def test_suppressions_are_put_back(day, capsys):
    day.erase()
    assert run("reapply") == 0
    assert said(capsys) == {"erasures": 1, "suppressions": 10, "begun": 0}
    assert left(day) == []
