"""The decision pages say what the code has: its rooms and their names, and what lies in the table."""

import importlib
import pkgutil
import re

import pytest

import hub
from tests.docs.project import ROOT
from tests.journey import Day

SHAPE = (ROOT / "docs/decisions/0001-shape.md").read_text(encoding="utf-8")
KEYS = (ROOT / "docs/decisions/0002-keys-and-messages.md").read_text(encoding="utf-8")
ROWS = {"timeline": "timeline entry", "waiting": "waiting flow", "account": "account switch"}


def rows(text):
    return [
        re.split(r"\s(?<!\\)\|\s", line.strip("| "))
        for line in text.splitlines()
        if line.startswith("| `hub.")
    ]


def test_every_room_stands_in_the_table():
    named = {name.removeprefix("hub.") for row in rows(SHAPE) for name in re.findall(r"`(hub\.\w+)", row[0])}
    assert {module.name for module in pkgutil.iter_modules(hub.__path__)} == named


@pytest.mark.parametrize("row", rows(SHAPE), ids=lambda row: row[0])
def test_the_public_names_of_a_room_exist(row):
    if len(row) < 4:
        return
    (name,) = re.findall(r"`(hub\.\w+)", row[0])
    room = importlib.import_module(name)
    for public in re.findall(r"(?<![.\w])(\w+)", " ".join(re.findall(r"`([^`.]+)`", row[3]))):
        assert hasattr(room, public) or importlib.import_module(f"{name}.{public}"), public


def test_what_lies_in_the_table_is_what_the_page_names():
    day = Day()
    day.story()
    day.later(3600)
    page = dict(re.findall(r"^\| ([a-z ]+) \| (.*)$", KEYS, re.MULTILINE))
    for item in day.hub.store.items():
        told = page[ROWS.get(item.kind, item.kind)]
        kind = item.key.sk[:2] if item.kind == "timeline" else item.key.pk.partition("#")[0] + "#"
        for name in (kind, *item.data):
            assert f"`{name}" in told, (item.kind, name)
