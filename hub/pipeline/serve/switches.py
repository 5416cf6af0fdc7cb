"""Pausing an account and letting it go on, with who did it and why: for the API and the command line."""

from dataclasses import replace
from typing import Any

from hub import keys
from hub.credentials.keeping import revive
from hub.pipeline import Hub
from hub.pipeline.deliver.target import STAGE
from hub.pipeline.flows import commit_once
from hub.pipeline.serve.exchange import Refusal, bad
from hub.store import Item, Store
from hub.times import from_epoch

LONGEST = 200
ACTIONS: dict[str, dict[str, Any]] = {
    "pause": {"paused": True},
    "resume": {"paused": False, "dry_run": False},
    "dry-run": {"dry_run": True},
    "cured": {"paused": False},
}
"""What each action sets; `cured`: the hub goes on by itself, a dry run stays one."""


def switched(hub: Hub, action: str, body: dict[str, Any]) -> dict[str, Any]:
    """Do an action with the account of `{"account", "actor", "reason"}`; `*` is all. Raises Refusal."""
    account, actor, reason = (body.get(name, "") for name in ("account", "actor", "reason"))
    if set(body) - {"account", "actor", "reason"} or not all(map(_text, (account, actor))):
        raise bad("the body has account, actor and reason: which, who decides, and why")
    if action != "resume" and not _text(reason):
        raise bad("reason is a text: why")
    if account != STAGE and account not in hub.catalog.accounts:
        raise Refusal(404, "unknown-account", f"accounts.yaml has: {', '.join(hub.catalog.accounts)}")
    if not switch(hub.store, account, action, actor=actor, reason=reason, now=hub.clock()):
        raise Refusal(409, "moved", "somebody else has switched it just now: look, and ask again")
    if action == "resume" and account != STAGE:
        revive(hub, account)
    now = state(hub.store, account)
    other = standing(hub, account) if action == "resume" else {}
    return {**now, "but": other} if other else now


def accounts(hub: Hub) -> dict[str, Any]:
    """How each account stands."""
    names = [STAGE, *hub.catalog.accounts]
    found = hub.store.read(map(keys.account, names))
    return {"accounts": [_view(name, found.get(keys.account(name))) for name in names]}


def switch(store: Store, account: str, action: str, *, actor: str, reason: str, now: float) -> bool:
    """Set the switch of an account: whether nobody else did so just now."""
    key = keys.account(account)
    held = store.read([key]).get(key, Item(key, "account"))
    told = {"actor": actor, "reason": reason, "at": from_epoch(now)}
    return commit_once(store, replace(held, data={**held.data, **ACTIONS[action], **told}))


def state(store: Store, account: str) -> dict[str, Any]:
    """How one account stands."""
    key = keys.account(account)
    return _view(account, store.read([key]).get(key))


def standing(hub: Hub, account: str) -> dict[str, Any]:
    """The switch that decides about an account now, as `state` tells it: its own, the one of all accounts,
    or (without a name) the stack's parameter; nothing where the account is active."""
    if hub.settings.pause_all:
        return {"account": "", "state": "paused"}
    found = hub.store.read(map(keys.account, (STAGE, account)))
    views = [_view(name, found.get(keys.account(name))) for name in (STAGE, account)]
    by_state = {one["state"]: one for one in reversed(views)}
    return by_state.get("paused") or by_state.get("dry-run") or {}


def _view(account: str, item: Item | None) -> dict[str, Any]:
    data = item.data if item else {}
    now = "paused" if data.get("paused") else "dry-run" if data.get("dry_run") else "active"
    told = {name: data[name] for name in ("actor", "reason", "at") if data.get(name)}
    return {"account": account, "state": now, **told}


def _text(told: object) -> bool:
    return isinstance(told, str) and len(told.strip()) > 0 and len(told) <= LONGEST
