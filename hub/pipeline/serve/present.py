"""What is to be done about an item as the switches are now: they may have been turned since it was tried."""

import shlex
from collections.abc import Mapping
from typing import Any

from hub.pipeline import Hub
from hub.pipeline.serve.remedies import NOBODY, OPERATOR, Remedy, remedy
from hub.pipeline.serve.switches import standing

SOON = "it goes out by itself in a few minutes"


def present(hub: Hub, told: Mapping[str, Any]) -> Remedy:
    """The remedy by what `fingerprint.common` says of an item, true at this moment."""
    found = remedy(hub.catalog, told)
    account = str(told.get("destination", "")).rpartition(".")[0]
    state, reason = told.get("state"), told.get("reason")
    if not account or not (state == "dry-run" or (state == "due" and "hub resume" in found.hint)):
        return found
    switch = standing(hub, account)
    if state == "dry-run":
        return _tried(account, switch)
    if switch.get("state") != "paused":
        return Remedy(NOBODY, _was(found, reason), SOON)
    return _paused(switch) if reason == "paused" else found


def on_again(switch: Mapping[str, Any]) -> str:
    """What turns a switch on again."""
    if not switch["account"]:
        return "set the stack's parameter PauseOutgoing to false, and deploy"
    return f"`hub resume {shlex.quote(switch['account'])}`"


def _was(found: Remedy, reason: object) -> str:
    if reason == "paused":
        return "the account was paused when this was tried last; it is active now"
    return f"{found.why}; the account was resumed since"


def _paused(switch: Mapping[str, Any]) -> Remedy:
    name = {"": "the stack", "*": "every account"}.get(switch["account"], switch["account"])
    by = f" by {switch['actor']}" if switch.get("actor") else ""
    said = f": {switch['reason']}" if switch.get("reason") else ""
    return Remedy(OPERATOR, f"{name} is paused{by}{said}", on_again(switch))


def _tried(account: str, switch: Mapping[str, Any]) -> Remedy:
    again = f"`hub replay --state dry-run --account {account}`"
    if switch:
        said = "the account only tries: this is what it would be sent"
        return Remedy(OPERATOR, said, f"{on_again(switch)}, then {again}")
    return Remedy(OPERATOR, "the account only tried when this was worked out; it is active now", again)
