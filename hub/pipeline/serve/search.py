"""From one identifier to the id of the customer whom it names."""

from typing import Any

from hub import identity, keys
from hub.pipeline import Hub
from hub.pipeline.serve.exchange import Refusal, bad
from hub.pipeline.subjects import CUSTOMER, find
from hub.pipeline.unify.lens import MOVED
from hub.store import Item, Key

EXTERNAL = "external_id"
_PARTS = ("source", "resource", "id")


def search(hub: Hub, body: dict[str, Any]) -> str:
    """The id of the customer with this identifier: `{"email": …}`, `{"phone": …, "country": "CO"}`, another
    field of the customer that identifies, or `{"external_id": {"source", "resource", "id"}}`.

    Raises Refusal: 400 for another body, 404 when nobody is known by it, 409 when too many share it.
    """
    named = _identifying(hub)
    asked = [name for name in body if name != "country"]
    if len(asked) != 1 or asked[0] not in (*named, EXTERNAL):
        raise bad("the body has exactly one of " + ", ".join((*named, EXTERNAL)))
    name = asked[0]
    record = _external(hub, body[name]) if name == EXTERNAL else _asserter(hub, name, body)
    subject = find(hub, record.data["entity"], record.data["root"]) if record else None
    if subject is None or subject.customer is None:
        raise Refusal(404, "unknown-customer", "nobody is known by this identifier")
    return subject.customer_id


def _identifying(hub: Hub) -> list[str]:
    return [field.name for field in hub.catalog.entities[CUSTOMER].identifying]


def _external(hub: Hub, told: Any) -> Item | None:
    """The record of that source with that id."""
    if not isinstance(told, dict) or sorted(told) != sorted(_PARTS):
        raise bad("external_id has source, resource and id")
    source, resource, id = (told[part] for part in _PARTS)
    if not all(isinstance(part, str) and 0 < len(part) <= 256 for part in (source, resource, id)):
        raise bad("source, resource and id are texts")
    if source not in hub.catalog.accounts:
        raise bad("source is connector.account, as in accounts.yaml")
    connector, _, account = source.partition(".")
    key = keys.record(connector, account, resource, id)
    return hub.store.read([key]).get(key)


def _asserter(hub: Hub, name: str, body: dict[str, Any]) -> Item | None:
    """A record that asserts this identifier; those who do belong to one customer."""
    value = _normal(hub, name, body)
    peppers = identity.peppers(hub.secrets.get(hub.settings.pepper_secret))
    wanted = [keys.claim(CUSTOMER, name, identity.hashed(pepper, name, value)) for pepper in peppers]
    claims = hub.store.read(wanted)
    found = [claims[key] for key in wanted if key in claims and MOVED not in claims[key].data]
    if found and all(claim.data.get("demoted") for claim in found):
        raise Refusal(409, "shared-identifier", "too many records share this identifier to name one customer")
    pks = [pk for claim in found if not claim.data.get("demoted") for pk in claim.data["records"]]
    record = Key(pks[0], "REC") if pks else None
    return hub.store.read([record]).get(record) if record else None


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
