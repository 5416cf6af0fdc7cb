"""How the records of a customer came together: record, identifier, record, in the order of what was told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub import keys
from hub.identity import SAME, namespace
from hub.pipeline.serve.evidence import Evidence
from hub.pipeline.serve.masks import Mask
from hub.pipeline.serve.profile import reference
from hub.reprs import discreet


@discreet()
@dataclass(frozen=True, slots=True)
class Link:
    """How a record joined those before it: by which identifier, with which of them; empty for the first.

    `since`: when both had told it.
    """

    record: str
    claim: str = ""
    partner: str = ""
    since: str = ""


@discreet()
@dataclass(frozen=True, slots=True)
class Hand:
    """Who decided something by hand, why and when."""

    actor: str = ""
    reason: str = ""
    at: str = ""

    @property
    def told(self) -> dict[str, str]:
        """As an answer says it."""
        return {"actor": self.actor, "reason": self.reason}


def chain(case: Evidence) -> list[Link]:
    """Every record of the customer, each joined to one before it by the link that was there first."""
    left = sorted(case.records, key=lambda pk: _beginning(case, pk))
    links = [Link(left.pop(0))] if left else []
    while left:
        inside = [link.record for link in links]
        open_ = [found for pk in left for found in _links(case, pk, inside)]
        nearest = min(open_, key=lambda link: _rank(case, link), default=Link(left[0]))
        left.remove(nearest.record)
        links.append(nearest)
    return links


def records(
    case: Evidence, links: Sequence[Link], mask: Mask, hands: Mapping[str, Hand]
) -> Iterator[dict[str, Any]]:
    """The records in the order in which they came, each with how."""
    inside: list[str] = []
    for link in links:
        others = [pk for pk in inside if pk != link.partner]
        also = {one.claim for one in _links(case, link.record, [*others, link.partner])} - {link.claim}
        yield {
            **reference(link.record),
            "role": case.rules.role(link.record),
            "created_at": case.records[link.record].data["created"],
            "first": _first(case, link.record),
            "came": _came(case, link, mask, hands) if link.claim else None,
            "also": sorted({namespace(claim) for claim in also} - {SAME}),
        }
        inside.append(link.record)


def identifiers(case: Evidence, mask: Mask, words: Mapping[str, Hand]) -> Iterator[dict[str, Any]]:
    """All that these records are known by: who told it first when, and whether it joins them.

    `state`: joins, alone (nobody else here has it), apart (it joins nobody, `why`), ignored (it can name
    nobody). `elsewhere`: records of other customers that have it as well.
    """
    for pk in sorted(case.claims, key=lambda pk: (namespace(pk), pk)):
        if namespace(pk) != SAME:
            yield _identifier(case, pk, mask) | (
                words[pk].told if case.claims[pk].ruled and pk in words else {}
            )
    for record, name, value in case.ignored:
        told = [{**reference(record)}]
        yield {"name": name, "value": mask(value), "strong": False, "state": "ignored", "told": told}


def masks(case: Evidence, mask: Mask) -> dict[str, str]:
    """The claims whose value is known, as it is shown."""
    return {pk: mask(value) for pk, value in case.values.items()}


def telling(case: Evidence, record: str, claim: str) -> dict[str, Any]:
    """That a record told an identifier: when, by which event, and whether it only repeated ours."""
    at, event = case.records[record].data["claims"][claim]
    entry = case.entries.get((record, claim))
    found = {"topic": entry.data["topic"], "entity": entry.data["entity"]} if entry else {}
    told = {**reference(record), "at": at, **({"event": event} if event else {}), **found}
    if case.echoed(record, claim):
        told["repeated"] = True
    if claim in case.nodes[record].detached:
        told["detached"] = True
    return told


def _identifier(case: Evidence, pk: str, mask: Mask) -> dict[str, Any]:
    claim = case.claims[pk]
    here = sorted(claim.records & case.records.keys(), key=lambda record: case.told_at(record, pk))
    joined = claim.joined & case.records.keys()
    state = "apart" if claim.demoted else "joins" if len(joined) > 1 else "alone"
    value = mask(case.values[pk]) if pk in case.values else None
    found: dict[str, Any] = {"name": namespace(pk), "value": value, "strong": claim.strong, "state": state}
    if claim.demoted:
        found |= {"why": claim.why, "most": _most(claim.records)}
    if claim.ruled:
        found["ruled"] = claim.ruled
    found["elsewhere"] = len(claim.records - case.records.keys())
    return found | {"told": [telling(case, record, pk) for record in here]}


def _most(asserters: Iterable[str]) -> dict[str, Any]:
    """The source most of whose records tell an identifier, and how many."""
    counts: dict[str, int] = {}
    for pk in asserters:
        source = keys.told(pk).source
        counts[source] = counts.get(source, 0) + 1
    source = min(counts, key=lambda name: (-counts[name], name))
    return {"source": source, "records": counts[source]}


def _came(case: Evidence, link: Link, mask: Mask, hands: Mapping[str, Hand]) -> dict[str, Any]:
    name, strong = namespace(link.claim), case.claims[link.claim].strong
    value = mask(case.values[link.claim]) if link.claim in case.values else None
    sides = {
        "here": telling(case, link.record, link.claim),
        "there": telling(case, link.partner, link.claim),
    }
    found = {"since": link.since, "with": reference(link.partner)}
    if name == SAME:
        hand = hands.get(link.claim, Hand(at=link.since))
        return {"by": "hand", "rule": "joined by hand", **found, "since": hand.at, **hand.told}
    rule = f"same {name.replace('_', ' ')}{' (strong)' if strong else ''}"
    return {"by": name, "value": value, "rule": rule, **found, **sides}


def _first(case: Evidence, record: str) -> dict[str, Any] | None:
    """The first that a record told of who it is; what it only repeated comes last."""
    claims = [pk for pk in case.records[record].data["claims"] if namespace(pk) != SAME and pk in case.claims]
    earliest = min(claims, key=lambda pk: (case.echoed(record, pk), case.told_at(record, pk)), default="")
    return telling(case, record, earliest) if earliest else None


def _beginning(case: Evidence, record: str) -> tuple[bool, str, str]:
    """What a record is older than another by: who spoke by itself, first."""
    first = _first(case, record)
    if first is None:
        return (False, str(case.records[record].data["created"]), record)
    return ("repeated" in first, first["at"], record)


def _links(case: Evidence, record: str, inside: Sequence[str]) -> Iterator[Link]:
    """The links between a record and those inside, for each identifier with whoever told it first."""
    for pk in case.nodes[record].joins & case.claims.keys():
        partners = [other for other in inside if other in case.claims[pk].joined]
        if record in case.claims[pk].joined and partners:
            partner = min(partners, key=lambda one: (case.echoed(one, pk), case.told_at(one, pk), one))
            yield Link(record, pk, partner, max(case.told_at(record, pk), case.told_at(partner, pk)))


def _rank(case: Evidence, link: Link) -> tuple[Any, ...]:
    strong = case.claims[link.claim].strong
    return (link.since, not strong, case.told_at(link.record, link.claim), link.claim, link.record)
