"""Who must act on what has not gone well, why it is so, and what to do: by the class of the error."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hub.catalog import Catalog
from hub.connector import Call, Resource
from hub.reprs import discreet

INTEGRATOR = "integrator"
"""Edits the files of the project."""
DATA_OWNER = "data owner"
"""Corrects records where they are kept."""
OPERATOR = "operator"
"""Switches, credentials, replays, the vendor's support."""
DEVELOPER = "developer"
NOBODY = "nobody"
"""It goes on by itself, or is as it should be."""


@discreet()
class Remedy(NamedTuple):
    """`owner`: who must act; `why`: what it means; `hint`: what to do."""

    owner: str
    why: str
    hint: str


_BY_REASON: dict[str, Remedy] = {
    "no-mapping": Remedy(INTEGRATOR, "no mapping is for this kind of record", "write the mapping: `hub new`"),
    "nothing-to-write-with": Remedy(
        INTEGRATOR,
        "the connector has no call that writes this",
        "give the resource an upsert, create or send",
    ),
    "not-a-record": Remedy(
        INTEGRATOR, "this is not the record that the mapping reads", "look at `record:` of the mapping"
    ),
    "unknown-account": Remedy(
        INTEGRATOR,
        "it came for an account that accounts.yaml does not have",
        "add the account, deploy, replay",
    ),
    "missing-id": Remedy(INTEGRATOR, "it does not say which record it is", "look at `id:` of the resource"),
    "future-time": Remedy(
        DATA_OWNER, "its time lies more than ten minutes ahead", "set the source's clock right, then replay"
    ),
    "same-id-other-body": Remedy(
        DATA_OWNER,
        "an event with this id was applied with other content",
        "compare both; replay takes this one",
    ),
    "too-many-identifiers": Remedy(
        DATA_OWNER, "it would join more than one person has", "look for a shared phone or email"
    ),
    "too-many-records": Remedy(
        DATA_OWNER, "it would join more than one person has", "look for a shared phone or email"
    ),
    "component-too-large": Remedy(
        DATA_OWNER, "it would join more than one person has", "look for a shared phone or email"
    ),
    "ambiguous": Remedy(
        DATA_OWNER, "two records there are candidates", "merge or remove one of them there, then replay"
    ),
    "verifying": Remedy(
        NOBODY,
        "it was sent, and nobody knows yet whether it arrived",
        "the vendor will tell; after an hour a person is asked",
    ),
    "looping": Remedy(
        OPERATOR,
        "each value that is written there is answered with another one, so it was left alone",
        "look for a workflow, an integration or somebody there that sets it back; then replay",
    ),
    "two-records": Remedy(
        DATA_OWNER,
        "the customer has another record there",
        "merge or remove the other one there, then replay",
    ),
    "merged-there": Remedy(
        DATA_OWNER,
        "two customers are one record there since they were merged",
        "take them apart there as the task says, then replay",
    ),
    "missing": Remedy(
        OPERATOR, "the record, or what it is written under, is not there", "look there, then replay"
    ),
    "unknown-outcome": Remedy(
        OPERATOR,
        "it was sent, and nobody knows whether it arrived",
        "ask the vendor; replay only what did not arrive",
    ),
    "by-hand": Remedy(OPERATOR, "no call can do it", "do it there, then replay: that says that it is done"),
    "waiting-for-customer": Remedy(
        OPERATOR,
        "the customer does not exist at this destination yet",
        "see the delivery of the customer itself: this one follows it",
    ),
    "paused": Remedy(OPERATOR, "the account is paused", "`hub resume {account}`"),
    "records-gone": Remedy(
        OPERATOR,
        "several of our records in a row are not there any more, so nothing more is sent there",
        "if the key is another account's: `hub accounts secret set {account}`; then, or if they were deleted,"
        " `hub resume {account}`",
    ),
    "missing-secret": Remedy(
        OPERATOR,
        "the account lacks a secret",
        "`hub accounts secret set {account}`, then `hub resume {account}`",
    ),
    "quiet-hours": Remedy(NOBODY, "its flow sends nothing in these hours", "it is sent when they are over"),
    "rate-limit": Remedy(NOBODY, "the account's rate is used up", "it is sent as soon as there is room"),
    "in-flight": Remedy(
        NOBODY, "as many calls are under way as it allows", "it is sent as soon as there is room"
    ),
    "breaker-open": Remedy(
        OPERATOR, "the destination is down: it is asked again now and then", "see whether the vendor is up"
    ),
    "leased": Remedy(NOBODY, "another attempt at it may still be under way", "it is tried again in a minute"),
    "no-consent": Remedy(
        NOBODY, "the customer gave no consent for it", "when one is given, it is told by itself"
    ),
    "no-address": Remedy(
        NOBODY, "the customer has no address on this channel", "when one is told, it goes out by itself"
    ),
    "condition": Remedy(NOBODY, "the flow's condition no longer held", "nothing is to be done"),
    "cancelled": Remedy(NOBODY, "something else made it needless", "nothing is to be done"),
    "flow-or-entity-gone": Remedy(
        NOBODY, "the flow, or what it is about, is not there any more", "nothing is to be done"
    ),
    "connection": Remedy(OPERATOR, "no connection could be made", "see whether the vendor is up"),
    "timeout": Remedy(
        OPERATOR, "no answer came in time, and nobody knows whether it was done", "it is settled by itself"
    ),
    "unreadable-answer": Remedy(
        INTEGRATOR, "the answer said yes, but not what was done", "look at `id:` of the call in the connector"
    ),
    "bad-url": Remedy(DEVELOPER, "the request could not be made", "look at `base_url:` and `request:`"),
    "bad-request": Remedy(DEVELOPER, "the request could not be put into HTTP", "look at the call's headers"),
}
_NONE = Remedy(DEVELOPER, "nothing is known of this reason", "look for it in the logs of that time")


def remedy(catalog: Catalog, told: Mapping[str, Any]) -> Remedy:
    """What to do about an item, by what `fingerprint.common` says of it."""
    reason, state = str(told.get("reason", "")), str(told.get("state", ""))
    found = _found(catalog, told, reason, state)
    account = str(told.get("destination", "")).rpartition(".")[0] or str(told.get("source", ""))
    return found._replace(hint=found.hint.replace("{account}", account))


def lines(catalog: Catalog, told: Mapping[str, Any]) -> dict[str, str]:
    """The lines (`file:line`) of the mapping that write what the vendor's message names, by member."""
    connector, _, resource = str(told.get("destination", "..")).split(".", 2)
    fields = (told.get("said") or {}).get("fields", ())
    found: dict[str, str] = {}
    for mapping in catalog.mappings_of(connector, resource):
        if told.get("entity") in (None, "", mapping.entity) or told.get("kind") == "act":
            found |= {name: line for name in fields if (line := line_of(mapping.document, name))}
    return found


def request_of(resource: Resource, name: str) -> dict[str, str]:
    """The method and the path of a call as the connector file has them, and the line where they stand."""
    found = getattr(resource, name, None)
    call = next(iter(found), None) if isinstance(found, tuple) else found
    if not isinstance(call, Call) or "request" not in call.data:
        return {}
    line = brief(call.document.place(*call.path, "request"))
    return {"request": str(call.data["request"]), "line": line}


def brief(place: object) -> str:
    """`file:line` of a place: the column is for editors."""
    file, _, rest = str(place).partition(":")
    return f"{file}:{rest.partition(':')[0]}" if rest else file


def line_of(document: Any, name: str) -> str:
    """The line of a mapping that writes a member of this name, "" where none does."""
    for part in ("out", "both"):
        path = _path(document.data.get(part), name)
        if path:
            return brief(document.place(part, *path))
    return ""


def _path(tree: Any, name: str) -> list[str]:
    """The way to the key of this name, or to one that ends with it after a dot."""
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if key == name or str(key).rpartition(".")[2] == name:
            return [key]
        if inner := _path(value, name):
            return [key, *inner]
    return []


def _found(catalog: Catalog, told: Mapping[str, Any], reason: str, state: str) -> Remedy:
    if state == "dry-run":
        return Remedy(
            OPERATOR, "the account only tries: this is what it would be sent", "`hub resume {account}`"
        )
    if told.get("kind") in ("outbox", "waiting"):
        return _of_flow(catalog, told, reason)
    if state == "exhausted" and reason != "waiting-for-customer":
        hint = "see whether the vendor is up and takes the credential; then replay"
        return Remedy(OPERATOR, "the destination did not take it for three days", hint)
    if reason.startswith("fetch-"):
        hint = "see whether the source is up and takes the credential; then replay"
        return Remedy(OPERATOR, "its source could not be asked for the record", hint)
    if told.get("kind") == "request":
        return Remedy(OPERATOR, "a source asks for what is known of somebody", "hand the export out")
    if reason == "missing" and (found := _no_address(catalog, told)):
        return found
    if reason.startswith("status-"):
        return _of_status(catalog, told, reason, state)
    place = brief(told.get("place", ""))
    if place.startswith(("mappings/", "connectors/")) and reason not in ("no-mapping", "paused"):
        hint = f"correct {place}; add such a record to its `tests:`, `hub check`, deploy, replay"
        return Remedy(INTEGRATOR, "this line has no value for the record", hint)
    return _BY_REASON.get(reason, _BY_REASON.get(state, _NONE))


def _no_address(catalog: Catalog, told: Mapping[str, Any]) -> Remedy | None:
    """A record that is created, or written by a key of ours, can only be told that its address is not there:
    unless the path names what it is written under."""
    kind, _, resource = str(told.get("destination", "..")).split(".", 2)
    connector, call = catalog.connectors.get(kind), str(told.get("call", ""))
    found = connector.resources.get(resource) if connector else None
    asked = request_of(found, call) if found and call in ("create", "upsert", "send") else {}
    if connector is None or not asked or "{" in asked["request"]:
        return None
    base = [brief(connector.document.place("base_url"))] if connector.base_url else []
    hint = f"check base_url and path ({', '.join([*base, asked['line']])}); `hub check`, deploy, replay"
    return Remedy(INTEGRATOR, f"the address {asked['request']} is not there (404)", hint)


def _of_status(catalog: Catalog, told: Mapping[str, Any], reason: str, state: str) -> Remedy:
    """What a vendor's refusal asks for."""
    status = reason.removeprefix("status-")
    connector = str(told.get("destination", "")).partition(".")[0]
    if status in ("401", "403") and catalog.sends_messages(connector):
        hint = "mend OutQueueArns or OutBusArns, a policy there, or the account's ARN; `hub resume {account}`"
        return Remedy(OPERATOR, "AWS does not let us send there, or nothing is there", hint)
    if status in ("401", "403"):
        hint = "`hub accounts secret set {account}`, then `hub resume {account}`"
        return Remedy(OPERATOR, "the vendor refuses the credential", hint)
    if state not in ("rejected", ""):
        return Remedy(NOBODY, f"the vendor answered {status}", "it is tried again by itself")
    named = lines(catalog, told)
    if not named:
        hint = "see what the vendor says; correct the record in its source: it goes out with that change"
        return Remedy(DATA_OWNER, f"the vendor refuses the record ({status})", hint)
    where = ", ".join(f"`{name}` is written by {line}" for name, line in named.items())
    hint = f"{where}: correct the line, or the value in its source; `hub check`, deploy, replay"
    return Remedy(INTEGRATOR, f"the vendor refuses {', '.join(f'`{name}`' for name in named)}", hint)


def _of_flow(catalog: Catalog, told: Mapping[str, Any], reason: str) -> Remedy:
    name = str(told.get("flow") or reason.partition(":")[0])
    flow = catalog.flows.get(name)
    file = flow.document.file if flow else f"flows/{name}.yaml"
    hint = f"correct {file}, `hub check`, deploy, replay"
    return Remedy(INTEGRATOR, "an expression of the flow has no value", hint)
