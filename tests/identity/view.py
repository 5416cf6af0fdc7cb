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
    claims = {"claims": data["claims"], "detached": data.get("detached", [])}
    kept = {"root": data["root"], "created": data["created"], "registers": stated}
    return "record", item.key.pk, {**kept, **claims}


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
    data = item.data
    records = None if data["demoted"] else sorted(data["records"])
    stated = {"records": records, "detached": data.get("detached", []), "ruled": data.get("ruled", "")}
    return "claim", item.key.pk, stated


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


def decided(transactions):
    """What operators decided, as it was committed: only their transactions have no marker."""
    same, detached, ruled = defaultdict(dict), {}, {}
    for writes in transactions:
        if any(item.kind == "marker" for item in writes):
            continue
        for item in writes:
            if item.kind == "record":
                detached[item.key.pk] = frozenset(item.data.get("detached", ()))
                for pk, since in item.data["claims"].items():
                    if "#@same#" in pk:
                        same[pk][item.key.pk] = since
            elif item.kind == "claim":
                ruled[item.key.pk] = item.data.get("ruled", "")
    return reference.Decisions(same, detached, ruled)


def broken(transactions, replayed=()):
    """What of exactly-once effects a history of transactions breaks, each as a line.

    `replayed`: keys of events that were sent again on purpose, which may write their marker twice.
    """
    lines = []
    applied = Counter()
    roots, homes = {}, {}
    for number, writes in enumerate(transactions):
        kinds = defaultdict(list)
        for item in writes:
            kinds[item.kind].append(item)
        lines += [f"transaction {number}: {line}" for line in (*_whole(kinds, roots), *_logged(kinds, homes))]
        done = [item for item in kinds["marker"] if item.data["status"] != "parked"]
        applied.update(item.key.pk.removeprefix("EVT#") for item in done)
        roots.update({item.key: item for item in kinds["root"]})
        homes.update({item.key.pk: item.data["root"] for item in kinds["record"]})
    allowed = Counter(replayed)
    lines += [f"{key} was applied {n} times" for key, n in applied.items() if n > 1 + allowed[key]]
    return lines + _astray(roots, homes)


def _whole(kinds, roots):
    """One transaction holds all of an event: its marker, its entry, an image of each entity that moved.

    Of a decision: its word in the journal instead of marker and entry.
    """
    lines = []
    if [item.data["status"] for item in kinds["marker"]] == ["applied"]:
        lines += [] if len(kinds["timeline"]) == 1 else ["an event without its entry"]
    elif len(kinds["marker"]) == 1:
        lines += ["an entry of what was not applied"] if kinds["timeline"] else []
    elif kinds["marker"] or not any("actor" in item.data for item in kinds["log"]):
        lines += [f"{len(kinds['marker'])} markers"]
    images = {(i.data["entity"], i.data["id"], i.data["epoch"]): i.data["fields"] for i in kinds["outbox"]}
    for root in kinds["root"]:
        told = images.pop((root.data["entity"], root.data["id"], root.version), None)
        if root.data["state"] == "active" and told is None and _moved(roots.get(root.key), root):
            lines.append(f"{root.data['id']} moved and nobody was told")
        if told is not None and told != values(root):
            lines.append(f"{root.data['id']} was told otherwise than it is")
    return lines + [f"an image of what was not written: {key}" for key in images]


def _logged(kinds, homes):
    """The journal has an entry for each change of who belongs together, and says what it was."""
    after = homes | {item.key.pk: item.data["root"] for item in kinds["record"]}
    before, now = _groups(homes, homes), _groups(after, homes)
    entries = [item.data for item in kinds["log"]]
    lines = ["a change that the journal does not tell"] if before != now and not entries else []
    if before == now and any("actor" not in entry for entry in entries):
        lines.append("the journal tells a change that was none")
    told = _groups(after, after)
    for entry in entries:
        if not _said(entry.get("before", {})) <= before or not _said(entry.get("after", {})) <= told:
            lines.append("the journal tells it otherwise")
    return lines


def _said(groups):
    return {frozenset(records) for records in groups.values()}


def _groups(homes, records):
    """Who of these records are together."""
    found = defaultdict(set)
    for record in records:
        found[homes[record]].add(record)
    return {frozenset(group) for group in found.values()}


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
    ids = {named_after(record): home for record, home in homes.items()}
    by_id = {root.data["id"]: root.data for root in roots.values()}
    for id, data in by_id.items():
        home = by_id[ids[id]]
        if data["state"] == "active":
            lines += [f"{id} is, but its record is with {home['id']}"] if home is not data else []
        elif home["state"] != "active" or named_after(data["record"]) != id or id not in home["absorbed"]:
            lines.append(f"{id} leads to {home['id']}, which does not know it")
    taken = Counter(id for data in by_id.values() if data["state"] == "active" for id in data["absorbed"])
    return lines + [f"{id} is absorbed {n} times" for id, n in taken.items() if n > 1 or id not in by_id]
