"""What the build compiles: every expression of the files, wherever one may stand."""

from pathlib import Path

from hub.catalog import Catalog
from hub.checks.expressions import expressions
from hub.documents import Document

ROOT = Path(__file__).parents[2]


def test_every_place_of_an_expression_is_found():
    catalog = Catalog.read(ROOT)
    found = set(expressions(catalog))
    for mapping in catalog.mappings.values():
        rules = [target.rule for target in (*mapping.reads, *mapping.writes)]
        rules += [rule for _, _, _, *rules in mapping.consents for rule in rules if rule]
        for rule in rules:
            levels = [source for _, source in rule.each.levels] if rule.each else []
            levels += [inner.source for _, inner in rule.each.fields] if rule.each else []
            for source in [rule.source, *levels]:
                assert source is None or source.source in found
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


def test_expressions_are_found_in_the_texts_of_templates_and_made_of_names_in_both():
    files = [
        (
            "entity",
            Document("entities/thing.yaml", {"name": "thing", "fields": {"street": {"type": "text"}}}),
        ),
        (
            "mapping",
            Document("mappings/x.thing.yaml", {"entity": "thing", "both": {"place.road": "street"}}),
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
    assert expressions(Catalog.of(files)) == ['"place"."road"', "account.host", "c.d", "f", "g[0]", "street"]
