"""From one identifier to the id of the customer whom it names."""

from collections.abc import Sequence
from typing import Any

from hub import identity, keys
from hub.pipeline import Hub
from hub.pipeline.serve.exchange import Refusal, bad
from hub.pipeline.subjects import CUSTOMER, find
from hub.pipeline.unify.lens import MOVED
from hub.pipeline.unify.state import claim
from hub.store import Item, Key

EXTERNAL = "external_id"
_PARTS = ("source", "resource", "id")


def search(hub: Hub, body: dict[str, Any]) -> str:
    """The id of the customer with this identifier: `{"email": …}`, `{"phone": …, "country": "CO"}`, another
    field of the customer that identifies, or `{"external_id": {"source", "resource", "id"}}`.

    Raises Refusal: 400 for another body, 404 when nobody is known by it, 409 when too many share it.
    """
    name = _one_of(body, (*_identifying(hub), EXTERNAL))
    record = _external(hub, body[name]) if name == EXTERNAL else _asserter(hub, name, body)
    subject = find(hub, record.data["entity"], record.data["root"]) if record else None
    if subject is None or subject.customer is None:
        raise Refusal(404, "unknown-customer", "nobody is known by this identifier")
    return subject.customer_id


def record_of(hub: Hub, told: Any) -> Key:
    """The key of the record `{"source", "resource", "id"}`. Raises Refusal(400)."""
    if not isinstance(told, dict) or sorted(told) != sorted(_PARTS):
        raise bad("a record has source, resource and id")
    source, resource, id = (told[part] for part in _PARTS)
    if not all(isinstance(part, str) and 0 < len(part) <= 256 for part in (source, resource, id)):
        raise bad("source, resource and id are texts")
    if source not in hub.catalog.accounts:
        raise bad("source is connector.account, as in accounts.yaml")
    connector, _, account = source.partition(".")
    return keys.record(connector, account, resource, id)


def asserted(hub: Hub, body: dict[str, Any]) -> Item:
    """The claim of an identifier that some record asserts, by the newest pepper. Raises Refusal(400, 404)."""
    name = _one_of(body, _identifying(hub))
    found = [claim for claim in _claims(hub, name, body) if claim.data["records"]]
    if not found:
        raise Refusal(404, "unknown-identifier", "no record asserts this identifier")
    return found[0]


def named(hub: Hub, body: dict[str, Any]) -> list[str]:
    """The keys of the records and claims that a body names somebody by, known or not. Raises Refusal(400)."""
    name = _one_of(body, (*_identifying(hub), EXTERNAL))
    return (
        [record_of(hub, body[name]).pk] if name == EXTERNAL else [key.pk for key in _places(hub, name, body)]
    )


def _one_of(body: dict[str, Any], names: Sequence[str]) -> str:
    asked = [name for name in body if name != "country"]
    if len(asked) != 1 or asked[0] not in names:
        raise bad("somebody is named by exactly one of " + ", ".join(names))
    return asked[0]


def _identifying(hub: Hub) -> list[str]:
    return [field.name for field in hub.catalog.entities[CUSTOMER].identifying]


def _external(hub: Hub, told: Any) -> Item | None:
    """The record of that source with that id."""
    key = record_of(hub, told)
    return hub.store.read([key]).get(key)


def _asserter(hub: Hub, name: str, body: dict[str, Any]) -> Item | None:
    """A record that this identifier joins; all whom it joins are of one customer."""
    found = _claims(hub, name, body)
    joined = [pk for held in found for pk in sorted(claim(held, strong=False).joined)]
    if found and not joined:
        raise Refusal(409, "shared-identifier", "too many records share this identifier to name one customer")
    record = Key(joined[0], "REC") if joined else None
    return hub.store.read([record]).get(record) if record else None


def _claims(hub: Hub, name: str, body: dict[str, Any]) -> list[Item]:
    """The claims of an identifier, one for each pepper with which it was asserted, the newest first."""
    wanted = _places(hub, name, body)
    claims = hub.store.read(wanted)
    return [claims[key] for key in wanted if key in claims and MOVED not in claims[key].data]


def _places(hub: Hub, name: str, body: dict[str, Any]) -> list[Key]:
    """Where the claim of what was asked for may lie, by each version of the pepper."""
    value = _normal(hub, name, body)
    peppers = identity.peppers(hub.secrets.get(hub.settings.pepper_secret))
    return [keys.claim(CUSTOMER, name, identity.hashed(pepper, name, value)) for pepper in peppers]


def _normal(hub: Hub, name: str, body: dict[str, Any]) -> str:
    """The normal form of what was asked for. Raises Refusal(400)."""
    if not isinstance(body[name], str) or len(body[name]) > 256:
        raise bad(f"{name} is a text")
    country = body.get("country") or _country(hub)
    if not isinstance(country, str) or len(country) != 2:
        raise bad("country is two letters, as CO")
    field = hub.catalog.entities[CUSTOMER].fields[name]
    try:
        return str(field.normalise(body[name], region=country.upper()))
    except ValueError:
        raise bad(f"{name} is not well-formed") from None


def _country(hub: Hub) -> str:
    """The country of the first account that has one: a deployment is mostly of one country."""
    accounts = hub.catalog.accounts.values()
    return next((account.country for account in accounts if account.country), "")
