"""Which requests of an API belong to one kind of record, and which entity those records are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.proposal.names import words
from hub.proposal.openapi.api import Api, Operation

NAMES = {
    "customer": "customer businesspartner contact person people client cliente partner profile member "
    "subscriber tercero contato pessoa",
    "order": "order sale pedido venta deal purchase salesorder",
    "invoice": "invoice factura fatura comprobante",
    "ticket": "ticket case conversation issue incident",
    "message": "message sms mail",
    "cart": "cart checkout basket",
    "stock": "inventory stock inventario",
    "visit": "visit visita appointment cita",
}
"""What the records of an entity are called, the likeliest first."""

KNOWN = {
    name: (entity, 1.0 - 0.04 * place)
    for entity, names in NAMES.items()
    for place, name in enumerate(names.split())
}
_ITEM = re.compile(r"(?P<collection>.+?)(?:/\{[^/{}]+\}|\('?\{[^/{}]+\}'?\))(?P<end>\.json)?/?$")
_UPSERT = re.compile(r"upsert|create_?or_?update|import", re.IGNORECASE)
_OTHERS = re.compile(r"attribute|bulk|batch|job|field|relationship", re.IGNORECASE)
_VERSIONS = re.compile(r"v?\d+(\.\d+)*|V\d+|api|rest|admin|crm|pub|pvt|private|public|svc", re.IGNORECASE)


@dataclass(eq=False)
class Found:
    """One kind of record. `likely`: that it is this entity, 0 to 1; `calls`: what may be asked, by name."""

    name: str
    entity: str
    path: str
    likely: float
    calls: dict[str, Operation] = field(default_factory=dict)


def resources(api: Api) -> list[Found]:
    """The kinds of records that are some entity, the likeliest of each."""
    best: dict[str, Found] = {}
    for one in _all(api):
        known = best.get(one.entity)
        if known is None or _rank(one) > _rank(known):
            best[one.entity] = one
    return [best[entity] for entity in NAMES if entity in best]


def _rank(one: Found) -> float:
    return one.likely + 0.05 * len(one.calls) - 0.02 * one.path.count("/")


def _all(api: Api) -> Iterator[Found]:
    """Each collection whose name is that of an entity."""
    for path in dict.fromkeys(_collection(one.path) for one in api.operations):
        entity, likely, name = _named(path)
        if entity:
            found = Found(name, entity, path, likely, _calls(api, path))
            if found.calls:
                yield found


def _collection(path: str) -> str:
    """The path of the list that a path, with or without an id, belongs to."""
    item = _ITEM.match(path)
    return item["collection"] + (item["end"] or "") if item else path.rstrip("/")


def _named(path: str) -> tuple[str, float, str]:
    """The entity of a collection, how likely, and what its records are called there."""
    parts = [part for part in path.removesuffix(".json").split("/") if part]
    plain = [part for part in parts if "{" not in part and not _VERSIONS.fullmatch(part)]
    if not plain or "{" in parts[-1]:
        return "", 0.0, ""
    own = [_singular(word) for word in words(plain[-1])]
    for name in ("".join(own), *own[::-1]):
        if name in KNOWN:
            entity, likely = KNOWN[name]
            within = sum("{" in part for part in parts) * 0.15
            longer = 0.1 * (len(own) - 1) if name != "".join(own) else 0.0
            return entity, likely - within - longer, "_".join(own)
    return "", 0.0, ""


def _singular(word: str) -> str:
    irregular = {"people": "people", "sales": "sale", "purchases": "purchase", "cases": "case"}
    if word in irregular:
        return irregular[word]
    for end, instead in (("ies", "y"), ("sses", "ss"), ("es", ""), ("s", "")):
        stem = word[: -len(end)] + instead if word.endswith(end) and not word.endswith("ss") else word
        if stem != word and stem in KNOWN:
            return stem
    return word


def _calls(api: Api, path: str) -> dict[str, Operation]:
    """What may be asked of a collection, and of its items."""
    found: dict[str, Operation] = {}
    for one in api.operations:
        whole = one.path.rstrip("/") == path
        item = _ITEM.match(one.path)
        of_item = bool(item) and item["collection"] + (item["end"] or "") == path if item else False
        for name, fits in (
            ("list", whole and one.method == "GET"),
            ("list", one.path.rstrip("/") == f"{path}/search" and "list" not in found),
            ("create", whole and one.method == "POST"),
            ("get", of_item and one.method == "GET"),
            ("update", of_item and one.method in ("PATCH", "PUT", "POST")),
            ("delete", of_item and one.method == "DELETE"),
            ("upsert", _upserts(one, path)),
        ):
            if fits and (name not in found or _better(name, one, found[name])):
                found[name] = one
    return found


def _upserts(one: Operation, path: str) -> bool:
    """Whether a request beside the collection writes by a key of ours."""
    last = one.path.rstrip("/").rpartition("/")
    near = last[0] == path or _singular_of(one.path) == _singular_of(path)
    writes = one.method in ("POST", "PUT") and bool(_UPSERT.search(last[2]))
    return near and writes and not _OTHERS.search(last[2])


def _singular_of(path: str) -> str:
    """The entity that the last name of a path begins with: profile-import is of profiles."""
    last = words(path.rstrip("/").rpartition("/")[2])
    return _singular(last[0]) if last else ""


def _better(name: str, one: Operation, known: Operation) -> bool:
    order = {"PATCH": 2, "PUT": 1, "POST": 0}
    return name == "update" and order.get(one.method, 0) > order.get(known.method, 0)


def parameters(one: Operation) -> list[str]:
    """The names in braces of a path, in order."""
    return re.findall(r"\{([^/{}]+)\}", one.path)
