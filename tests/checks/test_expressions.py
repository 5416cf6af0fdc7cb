"""What the build compiles one by one: every expression outside of mappings, wherever one may stand."""

from pathlib import Path

from hub.catalog import Catalog
from hub.checks.expressions import expressions
from hub.documents import Document

ROOT = Path(__file__).parents[2]


def test_every_place_of_an_expression_is_found():
    catalog = Catalog.read(ROOT)
    found = set(expressions(catalog))
    for mapping in catalog.mappings.values():
        assert mapping.document.data.get("record", "body") in found | {"body"}
    for flow in catalog.flows.values():
        sent = [source for send in flow.send for source in (send.fields or {}).values()]
        for source in [flow.condition, flow.once, *flow.cancel.values(), *sent]:
            assert source is None or source.source in found
    for connector in catalog.connectors.values():
        for rule in connector.data.get("responses") or ():
            assert rule["if"] in found
        for resource in (connector.data.get("resources") or {}).values():
            assert {
                resource[key] for key in ("id", "version", "record", "skip", "deleted") if key in resource
            } <= found


def test_expressions_are_found_in_the_texts_of_templates_and_of_a_mapping_only_where_its_record_is():
    files = [
        (
            "entity",
            Document("entities/thing.yaml", {"name": "thing", "fields": {"street": {"type": "text"}}}),
        ),
        (
            "mapping",
            Document("mappings/x.thing.yaml", {"entity": "thing", "record": "h.i", "in": {"street": "road"}}),
        ),
        (
            "connector",
            Document(
                "connectors/x.yaml",
                {
                    "base_url": "https://{account.host}",
                    "resources": {
                        "thing": {"create": {"request": "POST /a?b={c.d}", "body": {"e": ["{f} and {g[0]}"]}}}
                    },
                },
            ),
        ),
    ]
    assert expressions(Catalog.of(files)) == ["account.host", "c.d", "f", "g[0]", "h.i"]
