"""What a newcomer wants to see: the one customer, where each field came from, the journey, each call."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from hub.narrative import origins
from hub.narrative.table import table

WIDTH = 100


def customer(profile: dict[str, Any]) -> Iterator[str]:
    """The customer: fields with their source, and the systems that know the same person."""
    yield f"customer {profile['id']}"
    yield ""
    rows = [(name, told["value"], f"{told['source']} {told['resource']}", _day(told["at"]))
            for name, told in profile["fields"].items()]  # fmt: skip
    yield from _table(("field", "value", "told by", "when"), rows)
    yield ""
    yield "known in"
    yield from _table(
        ("system", "record", "id"),
        [(record["source"], record["resource"], record["id"]) for record in profile["records"]],
    )


def journey(profile: dict[str, Any]) -> Iterator[str]:
    """The timeline in the order in which things happened."""
    rows = [
        (_day(entry["at"]), entry["source"], entry["topic"], _facts(entry["facts"]))
        for entry in profile["timeline"]["entries"]
    ]
    yield from _table(("when (UTC)", "system", "what", "facts"), rows)


def explanation(explained: dict[str, Any]) -> Iterator[str]:
    """Why it is one person; in UTC, as all of this page. `hub customers explain` tells the rest."""
    yield from origins(explained, zone="UTC")


def calls(made: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The outgoing calls, with what the vendor answered."""
    rows = [
        (call["account"], f"{call['method']} {call['path']}", call["status"], _facts(call["facts"]))
        for call in made
    ]
    yield from _table(("destination", "call", "status", "result"), rows)


def deliveries(profile: dict[str, Any]) -> Iterator[str]:
    """What each destination knows of the customer."""
    rows = [
        (d["destination"], d["state"], d.get("remote", ""), d.get("reason", ""))
        for d in profile["deliveries"]
    ]
    yield from _table(("destination", "state", "id there", "reason"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    return table(head, [tuple(map(_text, row)) for row in rows])


def _text(value: Any) -> str:
    if isinstance(value, dict):
        inner = (
            value.values() if {"amount", "currency"} != set(value) else (value["amount"], value["currency"])
        )
        value = " ".join(str(part) for part in inner)
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= WIDTH // 2 else text[: WIDTH // 2 - 1] + "…"


def _facts(facts: dict[str, Any]) -> str:
    shown = [f"{name} {_text(value)}" for name, value in facts.items() if value not in (None, "", [], {})]
    return json.dumps(facts) if not shown else "; ".join(shown)


def _day(at: str) -> str:
    return at[:19].replace("T", " ")
