from pathlib import Path

import pytest

from hub.catalog import Catalog
from hub.cli import main
from hub.connector import Connector
from hub.documents import parse
from hub.listing import Standing, index, page, put, table
from hub.listing.facts import ROLES
from hub.listing.table import MARKS
from hub.schemas import connector as schema

ROOT = Path(__file__).parents[3]

SHOP = """\
# The shop of the tests: customers both ways.
title: Tienda
role:  shop
standing:
  signature: vectors       # the shop's own kit
  get:       spec
  upsert:    spec
  limits:    unverified    # nobody says
settings: {site: {like: tienda-co, help: the shop's name}, portal: {like: "4711"}}
secrets: {token: {help: "Settings, API, scope write"}}
setup: ["Settings, Webhooks: the address below."]
receive:
  signature: {equals: query.token, secret: token}
  topic: headers."x-topic"
base_url: https://shop.example
auth: {bearer: token}
limit: [110 per 10s, {bucket: 40, refill: 2 per 1s}, {cost: 5 per 1s}]
resources:
  customer:
    topics: [customer/saved]
    id: text(id)
    get: {request: "GET /customers/{id}"}
    upsert: {request: PUT /customers, body: "{record}", id: id}
  order:
    topics: [order/saved]
    contains: {customer: customer}
  remark: {}
"""
CUSTOMER = """\
entity: customer
both: {email: email}
in: {created_at: time(created), tags: {each: {tag: tags}, fields: tag}, stage: "a || `null`"}
out: {name: given_name}
"""
ENTITY = "name: customer\nfields: {email: {type: email}}\n"


def catalog(text=SHOP):
    files = {
        "connectors/shop.yaml": ("connector", text),
        "mappings/shop.customer.yaml": ("mapping", CUSTOMER),
        "mappings/shop.remark.yaml": ("mapping", "entity: customer\nin: {email: email}\n"),
        "entities/customer.yaml": ("entity", ENTITY),
    }
    return Catalog.of((kind, parse(text, file)) for file, (kind, text) in files.items())


def test_the_page_of_a_connector_is_the_one_kept_here():
    kept = Path(__file__).with_name("shop.md")
    assert page(catalog(), "shop") == kept.read_text("utf-8")


def test_who_sends_by_a_queue_alone_is_not_told_of_an_address_for_webhooks():
    told = page(Catalog.read(ROOT), "commercetools")
    assert "| customer | customer | messages `customer`, then fetched" in told
    assert "/v1/webhooks" not in told
    assert "once for all accounts" not in told


def test_the_index_lists_what_comes_in_what_goes_out_and_how_sure_it_is():
    assert "## Shops and marketplaces" in index(catalog())
    assert "| [Tienda](shop.md) | customer | customer | spec (unverified: limits) |" in index(catalog())


@pytest.mark.parametrize(
    ("standing", "level", "doubts"),
    [
        ("{get: spec, signature: vectors, list: documentation}", "spec", ()),
        ("{signature: vectors, get: documentation}", "vectors", ()),
        ("{get: documentation}", "documentation", ()),
        ("{get: spec, limits: unverified}", "spec", ("limits",)),
        ("{get: spec, list: unverified}", "unverified", ("list",)),
        ("{get: spec, list: spec, find: spec, create: unverified}", "spec", ("create",)),
        ("{limits: documentation}", "unverified", ()),
    ],
)
def test_the_level_is_the_strongest_evidence_unless_too_much_of_what_matters_has_none(
    standing, level, doubts
):
    held = Standing(Connector(parse(f"standing: {standing}\nresources: {{}}\n", "connectors/a.yaml")))
    assert (held.level, held.doubts) == (level, doubts)


def test_the_table_shows_in_its_letters_how_sure_a_connector_is():
    assert "| Shops and marketplaces | **Tienda** |" in table(catalog())
    doubtful = SHOP.replace("get:       spec", "get:       unverified")
    assert "| Tiendas y marketplaces | *Tienda* |" in table(catalog(doubtful), "es")


def test_the_table_stands_between_its_marks_and_nothing_else_changes():
    text = f"before\n{MARKS[0]}\nformer\n{MARKS[1]}\nafter\n"
    once = put(text, catalog())
    assert once.startswith("before\n<!--")
    assert once.endswith("-->\nafter\n")
    assert "**Tienda**" in once
    assert "former" not in once
    assert put(once, catalog()) == once
    assert put("no marks", catalog()) == "no marks"


def test_the_kinds_of_systems_are_those_that_a_connector_may_say():
    assert tuple(ROLES) == schema.ROLES


def test_the_pages_that_are_shipped_are_up_to_date(capsys):
    assert main(["connectors", "--check", "--root", str(ROOT)]) == 0, capsys.readouterr().err


def test_pages_are_written_and_those_of_connectors_that_are_gone_are_taken_away(tmp_path, capsys):
    for file, text in {
        "connectors/shop.yaml": SHOP,
        "mappings/shop.customer.yaml": CUSTOMER,
        "entities/customer.yaml": ENTITY,
        "docs/connectors/gone.md": "",
        "README.md": "x",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    root = ["--root", str(tmp_path)]
    assert main(["connectors", "--check", *root]) == 1
    assert "docs/connectors/gone.md is not up to date" in capsys.readouterr().err
    assert main(["connectors", "--write", *root]) == 0
    assert capsys.readouterr().out == "3 of 3 pages written anew\n"
    assert main(["connectors", "--check", *root]) == 0
    assert not (tmp_path / "docs/connectors/gone.md").exists()


def test_the_command_lists_all_and_shows_one(capsys):
    assert main(["connectors", "--root", str(ROOT)]) == 0
    listed = capsys.readouterr().out
    assert listed.splitlines()[0].split() == ["connector", "comes", "in", "goes", "out", "standing"]
    assert main(["connectors", "klaviyo", "--root", str(ROOT)]) == 0
    assert capsys.readouterr().out.startswith("# Klaviyo\n")
    assert main(["connectors", "klavio", "--root", str(ROOT)]) == 2
    assert "there is no connector klavio" in capsys.readouterr().err
