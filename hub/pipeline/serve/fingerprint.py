"""What failures have in common: the place, the reason, the line, the words of the vendor."""

from typing import Any

from hub.messages import Delivery, digest, dumps
from hub.store import Item

SHOWN = 8
"""Digits of a fingerprint."""


def common(item: Item) -> dict[str, Any]:
    """What an item shares with the others of its group; no value of anybody."""
    data = item.data
    told: dict[str, Any] = {"kind": "event" if item.kind == "marker" else item.kind}
    if item.kind in ("delivery", "act", "receipt"):
        message = Delivery.loads(data["message"])
        told |= {"destination": message.destination, "flow": message.flow, "entity": message.entity}
    names = ("source", "resource", "topic", "flow", "entity", "do", "state", "reason", "place", "said")
    told |= {name: data[name] for name in names if data.get(name) and name not in told}
    if data.get("reason") == "missing" and (call := _last_call(data)):
        told["call"] = call
    return {**told, "said": reserved(told["said"])} if "said" in told else told


def _last_call(data: dict[str, Any]) -> str:
    """The name of the call that was made last: which one found nothing there."""
    calls = [call for entry in data.get("log", ())[-1:] for call in entry.get("calls", ())]
    return str(calls[-1][0]).partition(" ")[0] if calls else ""


def reserved(said: dict[str, Any] | None) -> dict[str, Any] | None:
    """What of a vendor's refusal everybody may see."""
    return {name: value for name, value in said.items() if name != "words"} if said else said


def fingerprint(item: Item) -> str:
    """Names the group of an item: 8 hex digits. The flow that sent it does not tell failures apart."""
    told = {name: value for name, value in common(item).items() if name not in ("flow", "entity")}
    return digest(dumps(told))[:SHOWN]
