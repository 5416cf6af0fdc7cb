"""Whatever a page shows is run: files are written, commands executed, questions asked of a hub."""

import json
import re
import shlex
from urllib.parse import parse_qsl, urlsplit

import pytest

from hub.cli import customers, main, operating, replay
from hub.demo import page as shown
from hub.demo.story import PERSON
from hub.messages import Event
from hub.pipeline.serve import Question, serve
from hub.pipeline.unify import unify
from tests.docs.invoices import EVERY, SALES, Invoices
from tests.docs.project import ROOT, blocks, copy, write
from tests.hub.cli.served import api
from tests.hub.pipeline.test_serve import KEY
from tests.journey import Day
from tests.test_privacy import canary_record

PAGES = [
    "README.md",
    "README.es.md",
    *(f"docs/guides/{path.name}" for path in (ROOT / "docs/guides").glob("*.md")),
]
FAILING = "docs/guides/failing-delivery.md"
ASKING = re.compile(r"hub (customers|deliveries|parked|replay|events|why|pause|resume)")
"""Commands that ask a hub."""
SHOWN = {"console", "toml", ""}
"""Blocks that are only shown, as are other programs than `hub`: they need AWS, or a hub left running."""


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_works(page, tmp_path, monkeypatch, capsys):
    project = copy(tmp_path)
    monkeypatch.chdir(project)
    desk = None
    said, answer = "", None
    for block in blocks(page):
        where = f"{page}:{block.line}"
        if write(project, block):
            if isinstance(desk, Invoices):
                desk.deploy()
            continue
        if block.language == "sh":
            if ASKING.search(block.text):
                desk = desk or (Invoices(project) if page == FAILING else served_day())
                serve_to_commands(desk, monkeypatch)
            said = run(block, capsys, where, answer)
            if isinstance(desk, Invoices):
                desk.rest()
        elif block.language == "text":
            assert block.text.strip("\n") in said, (where, said)
        elif block.language == "http":
            desk = desk or served_day()
            answer = ask(desk, block.text)
            assert answer.status == 200, (where, answer)
        elif block.language == "json":
            assert_shape(json.loads(block.text), answer.data, where)
        else:
            assert block.language in SHOWN, where
    if isinstance(desk, Invoices):
        assert desk.factura.numbers == list(range(1, SALES + 1))
        assert desk.factura.refused == SALES // EVERY


def serve_to_commands(desk, monkeypatch):
    """What asks a hub asks this one; who waits lets its time pass."""
    for module in (customers, operating):
        monkeypatch.setattr(module, "api_of", lambda _: api(desk.hub))
    if isinstance(desk, Invoices):
        monkeypatch.setattr(replay.time, "sleep", desk.sleep)


def run(block, capsys, where, answer=None):
    """What the commands `hub …` of a block print; each must end well, or (`fails`) badly.

    `ENTRY` is the journal's entry that was answered last.
    """
    said = ""
    for line in block.text.splitlines():
        program, *arguments = shlex.split(line, comments=True)
        if program != "hub":
            continue
        if "ENTRY" in arguments:
            arguments[arguments.index("ENTRY")] = answer.data["entries"][0]["entry"]
        code = main(arguments)
        printed = capsys.readouterr()
        said += printed.out + printed.err
        assert bool(code) == (block.info == "fails"), (where, line, said)
    return said


def served_day():
    """A hub in memory after the story of one person, with an event of the far future that is parked."""
    day = Day()
    day.story()
    record = {**canary_record(), "updated_at": "2099-01-01T00:00:00Z"}
    told = Event(
        "shopify",
        "co",
        "customer",
        "customers/update",
        "99",
        ("1",),
        "2026-11-24T06:00:00.000000Z",
        None,
        record,
    )
    list(unify(day.hub, [told.dumps()]))
    day.hub.secrets.held["api-key"] = [{"key": "k-2"}]
    day.person = day.customers()[0].data["id"]
    return day


def ask(day, text):
    first, _, body = text.partition("\n")
    method, url = first.replace("{id}", day.person).split()
    parts = urlsplit(url)
    return serve(day.hub, Question(method, parts.path, dict(parse_qsl(parts.query)), KEY, body.encode()))


def assert_shape(documented, actual, where):
    """What is documented is there, and everything that is there at the outermost level is documented."""
    assert documented.keys() == actual.keys(), where
    _assert_within(documented, actual, where)


def _assert_within(documented, actual, where):
    if isinstance(documented, dict):
        assert documented.keys() <= actual.keys(), where
        for name, value in documented.items():
            _assert_within(value, actual[name], f"{where} {name}")
    elif isinstance(documented, list):
        assert isinstance(actual, list), where
        for value in documented:
            assert actual, where
            _assert_within(value, actual[-1 if "parked" in where else 0], where)
    elif documented is None or isinstance(documented, bool):
        assert actual == documented, where
    else:
        assert isinstance(actual, type(documented)), where


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if not target.startswith("https://"):
            assert ((ROOT / page).parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    made = {block.info for block in blocks(page)} | set(
        re.findall(r"^# ([\w./-]+\.yaml)", text, re.MULTILINE)
    )
    for named in re.findall(
        r"`((?:connectors|mappings|flows|entities|events|docs|tests)/[\w./-]+\.\w+)`", text
    ):
        assert named in made or (ROOT / named).exists(), named


def test_both_languages_show_the_same_blocks():
    spanish = [(block.language, block.info) for block in blocks("README.es.md")]
    assert spanish == [(block.language, block.info) for block in blocks("README.md")]


def test_the_result_of_the_demo_is_what_the_demo_shows():
    day = Day()
    day.story()
    day.hub.secrets.held["api-key"] = [{"key": "k-2"}]
    body = json.dumps(PERSON).encode()
    profile = serve(day.hub, Question("POST", "/v1/customers/search", {}, KEY, body)).data
    real = [" ".join(line.split()) for line in (*shown.customer(profile), *shown.journey(profile))]
    (excerpt,) = (block.text for block in blocks("README.md") if "told by" in block.text)
    for line in excerpt.splitlines():
        wanted = " ".join(line.removesuffix("…").split())
        assert any(text.startswith(wanted) for text in real) or wanted.startswith("flow "), line
