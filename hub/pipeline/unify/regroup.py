"""The slow path: a record or an identifier is new, so the components are computed from their members."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub.golden import Register, overlay
from hub.identity import Claim, Guards
from hub.messages import Event
from hub.pipeline.unify.contests import lacking, unmatched
from hub.pipeline.unify.journal import Reason
from hub.pipeline.unify.rules import Rules
from hub.pipeline.unify.settle import settle
from hub.pipeline.unify.spoken import Spoken, ledgers, spoken
from hub.pipeline.unify.state import Changed, Outcome, Reading, registers, root_key, values, with_data
from hub.pipeline.unify.survey import survey
from hub.pipeline.unify.telling import Telling
from hub.store import Item


def regroup(reading: Reading, telling: Telling, rules: Rules, event: Event) -> Outcome:
    """The outcome of a telling that may found, join or split entities.

    Raises Moved when what was read does not fit together, RecordError when the component is too large.
    """
    mine = {telling.record: telling.claims}
    around = survey(reading, mine)
    heard = spoken(reading, telling, event, _writers(reading, telling, around.roots.values()))
    members = {**around.members, telling.record.pk: _told(reading, telling, heard, event)}
    claims = {pk: _asserted(found, telling, rules.guards) for pk, found in around.claims.items()}
    reason = Reason(event.received_at, event.key)
    settled = settle(reading, around, members, claims, rules, reason)
    home = settled.home(telling.record.pk)
    changed = _put_back(reading, telling, rules, heard, registers(members[telling.record.pk]), home)
    return Outcome(
        home.data["id"],
        values(home),
        settled.writes,
        _with(settled.changed, changed),
        news=heard.news,
    )


def _writers(reading: Reading, telling: Telling, roots: Iterable[Item]) -> list[str]:
    """The ids of the entities that may have written this record: of a known one its own, before this telling
    joins it with others; of a new one all that it belongs to now."""
    record = reading[telling.record]
    own = root_key(record) if record else None
    return [
        id for root in roots if own in (None, root.key) for id in (root.data["id"], *root.data["absorbed"])
    ]


def _put_back(
    reading: Reading,
    telling: Telling,
    rules: Rules,
    heard: Spoken,
    said: Mapping[str, Register],
    home: Item,
) -> Changed | None:
    """That a destination's own record says other than its entity, or is new and lacks what that has."""
    ours = any(map(reading.get, ledgers(telling, [home.data["id"], *home.data["absorbed"]])))
    fresh = reading[telling.record] is None and not ours
    fields = values(home)
    back = lacking(telling, rules, said, fields) if fresh else unmatched(telling, rules, heard, said, fields)
    if not back:
        return None
    named = (telling.entity, home.data["id"], home.version + 1)
    return Changed(*named, fields, (), home.data["customer"], created=False, back=(telling.record.pk, *back))


def _with(changed: tuple[Changed, ...], one: Changed | None) -> tuple[Changed, ...]:
    """The changes with what is put back, which goes with the change of its entity where there is one."""
    if one is None:
        return changed
    if not any(change.id == one.id for change in changed):
        return (*changed, one)
    return tuple(replace(change, back=one.back) if change.id == one.id else change for change in changed)


def _told(reading: Reading, telling: Telling, heard: Spoken, event: Event) -> Item:
    """The record's own item after the telling."""
    item = reading.item(telling.record, "record")
    said, _ = overlay(registers(item), heard.registers())
    return with_data(
        item,
        entity=telling.entity,
        root=item.data.get("root", ""),
        created=min(item.data.get("created", telling.created), telling.created),
        claims=earliest(item.data.get("claims", {}), telling, event),
        registers={**said, **heard.stood},
        **heard.noted(item, telling.at),
    )


def earliest(held: Mapping[str, list[str]], telling: Telling, event: Event) -> dict[str, list[str]]:
    """The claims of a record, each with the earliest telling (source time, event) that asserted it."""
    now = [telling.at, event.mark]
    return {**held, **{pk: min(held.get(pk, now), now) for pk in telling.claims}}


def _asserted(found: Claim, telling: Telling, guards: Guards) -> Claim:
    return found.with_record(telling.record.pk, guards) if found.key in telling.claims else found
