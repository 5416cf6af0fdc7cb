"""What people call accounts, destinations, sources and flows: short where it is clear, and never in vain."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from hub import keys
from hub.catalog import Catalog
from hub.pipeline import Hub
from hub.pipeline.serve.exchange import Refusal, bad

SHOWN = 10
"""Names that are told where none is close."""
_STATUS = re.compile(r"[1-5]\d\d")
_GROUP = re.compile(r"[0-9a-f]{8}")


def meant(hub: Hub, told: Mapping[str, str]) -> dict[str, str]:
    """What is asked for by the names of the files. Raises Refusal for what they do not have."""
    return {name: _NAMED[name](hub, text) if name in _NAMED else text for name, text in told.items()}


def account(hub: Hub, text: str) -> str:
    """An account of accounts.yaml; its connector alone, where that has one account."""
    known = hub.catalog.accounts
    short = [name for name in known if text in name.split(".")]
    if text in known or len(short) == 1:
        return text if text in known else short[0]
    raise _unknown("accounts.yaml has no such account", text, known, short)


def destination(hub: Hub, text: str) -> str:
    """A destination, in whose name a single account may go unsaid; or one that something was sent to."""
    names = destinations(hub.catalog)
    connector, resource = text.partition(".")[0], text.rpartition(".")[2]
    short = [name for name in names if name.startswith(f"{connector}.") and name.endswith(f".{resource}")]
    if text.count(".") == 1 and len(short) == 1:
        return short[0]
    if text in names or (text.count(".") == 2 and hub.store.agenda(keys.done(text), limit=1).items):
        return text
    near = [name for name in names if name.startswith(f"{text}.")]
    raise _unknown("no such destination is in the files", text, names, short if "." in text else near)


def destinations(catalog: Catalog) -> list[str]:
    """What the flows send to."""
    sends = (to.to for flow in catalog.flows.values() for to in flow.send)
    return sorted(set(map(catalog.destination, sends)))


def _connector(hub: Hub, text: str) -> str:
    if text in hub.catalog.connectors:
        return text
    raise _unknown("connectors/ has no such file", text, hub.catalog.connectors, [])


def _flow(hub: Hub, text: str) -> str:
    if text in hub.catalog.flows:
        return text
    raise _unknown("flows/ has no such file", text, hub.catalog.flows, [])


def _entity(hub: Hub, text: str) -> str:
    if text in hub.catalog.entities:
        return text
    raise _unknown("entities/ has no such file", text, hub.catalog.entities, [])


def _reason(hub: Hub, text: str) -> str:
    return f"status-{text}" if _STATUS.fullmatch(text) else text


def _group(hub: Hub, text: str) -> str:
    if _GROUP.fullmatch(text):
        return text
    raise bad("a group is named by eight digits (0 to 9, a to f): `hub parked --groups` lists them")


_NAMED: dict[str, Callable[[Hub, str], str]] = {
    "connector": _connector,
    "account": account,
    "source": account,
    "destination": destination,
    "flow": _flow,
    "entity": _entity,
    "reason": _reason,
    "group": _group,
}


def _unknown(said: str, text: str, known: Iterable[str], short: list[str]) -> Refusal:
    """What there is instead; the text that was asked for is not repeated."""
    names = sorted(known)
    close = short or get_close_matches(text, names, n=3, cutoff=0.5)
    if close:
        return bad(f"{said}: did you mean {' or '.join(close)}?")
    more = ", …" if len(names) > SHOWN else ""
    return bad(f"{said}: there is {', '.join(names[:SHOWN]) or 'none'}{more}")
