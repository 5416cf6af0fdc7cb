"""What is left in a store, in the terms of the reference; and what must hold of every transaction."""

import hashlib
from collections import Counter, defaultdict

from hub.golden import Register
from hub.pipeline.unify.state import registers, values
from tests.identity import reference

ENVELOPE = ("created_at", "updated_at")


def view(items):
    """The items of a store as `reference.final` states them."""
    left = {kind: {} for kind in ("record", "entity", "claim", "marker", "timeline", "consent")}
    for item in items:
        if shown := _SHOWN.get(item.kind, lambda _: None)(item):
            kind, key, value = shown
            left[kind][key] = value
    return left


def _record(item):
    data = item.data
    stated = {name: _register(one) for name, one in registers(item).items()}
    kept = {"root": data["root"], "created": data["created"], "registers": stated}
    return "record", item.key.pk, {**kept, "claims": sorted(data["claims"])}


def _register(one: Register):
    return reference.Register(one.value, reference.Stamp(*one.since), reference.Stamp(*one.last))


def _root(item):
    data = item.data
    if data["state"] != "active":
        return None
    fields = {name: tuple(told) for name, told in data["fields"].items()}
    kept = {name: data[name] for name in ("id", "records", "customer")}
    return "entity", data["id"], {**kept, "fields": fields}


def _claim(item):
    return "claim", item.key.pk, ["demoted"] if item.data["demoted"] else sorted(item.data["records"])


def _marker(item):
    return "marker", item.key.pk.removeprefix("EVT#"), item.data["status"]


_SHOWN = {
    "record": _record,
    "root": _root,
    "claim": _claim,
    "marker": _marker,
    "timeline": lambda item: ("timeline", tuple(item.key), True),
    "consent": lambda item: ("consent", tuple(item.key), item.data["state"]),
}


def differences(got, wanted):
    """Where two statements differ, each as a line."""
    lines = []
    for kind in wanted:
        for key in sorted(got[kind].keys() | wanted[kind].keys(), key=str):
            one, other = got[kind].get(key), wanted[kind].get(key)
            if one != other:
                lines.append(f"{kind} {key}: is {one}, should be {other}")
    return lines


def broken(transactions, replayed=()):
    """What of exactly-once effects a history of transactions breaks, each as a line.

    `replayed`: keys of events that were sent again on purpose, which may write their marker twice.
    """
    lines = []
    applied = Counter()
    roots, homes, frozen = {}, {}, set()
    for number, writes in enumerate(transactions):
        kinds = defaultdict(list)
        for item in writes:
            kinds[item.kind].append(item)
        lines += [f"transaction {number}: {line}" for line in _whole(kinds, roots)]
        lines += [f"frozen {item.key.pk} was written" for item in kinds["claim"] if item.key in frozen]
        frozen.update(item.key for item in kinds["claim"] if item.data["demoted"])
        done = [item for item in kinds["marker"] if item.data["status"] != "parked"]
        applied.update(item.key.pk.removeprefix("EVT#") for item in done)
        roots.update({item.key: item for item in kinds["root"]})
        homes.update({named_after(item.key.pk): item.data["root"] for item in kinds["record"]})
    allowed = Counter(replayed)
    lines += [f"{key} was applied {n} times" for key, n in applied.items() if n > 1 + allowed[key]]
    return lines + _astray(roots, homes)


def _whole(kinds, roots):
    """One transaction holds all of an event: its marker, its entry, an image of each entity that moved."""
    if len(kinds["marker"]) != 1:
        return [f"{len(kinds['marker'])} markers"]
    status = kinds["marker"][0].data["status"]
    lines = [] if len(kinds["timeline"]) == (status == "applied") else [f"{status} without its entry"]
    images = {(i.data["entity"], i.data["id"], i.data["epoch"]): i.data["fields"] for i in kinds["outbox"]}
    for root in kinds["root"]:
        told = images.pop((root.data["entity"], root.data["id"], root.version), None)
        if root.data["state"] == "active" and told is None and _moved(roots.get(root.key), root):
            lines.append(f"{root.data['id']} moved and nobody was told")
        if told is not None and told != values(root):
            lines.append(f"{root.data['id']} was told otherwise than it is")
    return lines + [f"an image of what was not written: {key}" for key in images]


def named_after(record):
    """The id that an entity has from this record."""
    return hashlib.sha256(record.encode()).hexdigest()[:24]


def _moved(before, after):
    if before is None or before.data["state"] != "active":
        return True
    return _news(before) != _news(after) or before.data["absorbed"] != after.data["absorbed"]


def _news(root):
    return {name: value for name, value in values(root).items() if name not in ENVELOPE}


def _astray(roots, homes):
    """An id that is no more leads to the entity that has the record it was named after, which knows it."""
    lines = []
    by_id = {(r.data["entity"], r.data["id"]): r.data for r in roots.values()}
    for (kind, id), data in by_id.items():
        end, hops = data, 0
        while end["state"] == "merged" and hops <= len(by_id):
            end, hops = by_id[(kind, end["into"])], hops + 1
        if end["state"] == "merged":
            lines.append(f"{id} leads nowhere")
        elif end["id"] != homes[id]:
            lines.append(f"{id} leads to {end['id']}, but its record is with {homes[id]}")
        elif data["state"] == "merged" and id not in end["absorbed"]:
            lines.append(f"{id} leads to {end['id']}, which does not know it")
        elif data["state"] == "active" and any(
            id in other["absorbed"] for other in by_id.values() if other["state"] == "active"
        ):
            lines.append(f"{id} is, and is absorbed")
    return lines
