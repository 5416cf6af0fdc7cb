"""How far the reading of one list has come: a walk through its pages that loses no row.

Vendors' lists move while they are read. Each rule here is an answer to a habit that was seen:

- Rows are changed while pages are asked for, so those behind move forward over the edge of a page. A list in
  the order of time is therefore begun again from the last time that was read, and its pages are used only
  among rows of one time; an offset is asked for with one row that is known, and goes back where it is not.
- More rows have one time than the vendor pages through: `ties` asks for them by their ids.
- Rows are changed, or committed late, behind the place where the reader is: the cursor goes no further than
  the time at which the walk began, and the next one begins an overlap before it.
- Tokens of pages come round again: a walk that meets one twice has come to the end.

The state is plain JSON; every function here is pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.connector import Call
from hub.messages import digest
from hub.reprs import discreet
from hub.times import from_epoch, to_epoch

State = dict[str, Any]
"""`since`: where the last walk ended. While one is under way: `from` (asked from here), `page` (token),
`start` (the vendor's time when it began), `high` (the newest version so far), `seen` (marks of the rows of
the last pages, where pages are counted), `count`, `mark`, `print` and `same` (to find pages that come round),
`ties` (ask the rows of one time after this id), `over` (the last page was read)."""

REPEATED = "pages-repeat"
"""The vendor gives one page again and again: what it may list behind it cannot be reached."""

SAME = 2
"""Times that a page may come after itself: once, when as many rows were added before it, it is no mistake."""


@discreet()
@dataclass(frozen=True, slots=True)
class Listed:
    """One page: `ids` and `ats` (canonical times, or None) of its rows, the token of the next one."""

    ids: Sequence[str]
    ats: Sequence[str | None]
    next: Any = None

    @property
    def marks(self) -> list[str]:
        """Eight digits for each row, which say whether it was there before."""
        return [digest(id)[:8] for id in self.ids]

    @property
    def print(self) -> str:
        """Eight digits that say whether the whole page was there before."""
        return digest(" ".join(self.ids))[:8]


def begun(state: State, call: Call, start: str, since: str) -> State:
    """The state at the beginning of a walk. `start`: the vendor's time now; `since`: asked from here."""
    return _from({**_resting(state), "start": start, "high": ""}, _floored(since, call))


def walking(state: State) -> bool:
    """Whether a walk is under way."""
    return "from" in state


def scope(state: State, call: Call) -> dict[str, Any]:
    """What the request of the next page may name."""
    if "ties" in state:
        return {"since": state["from"], "until": _later(state["from"], call.step), "after": state["ties"]}
    return {"since": state["from"], "page": _asked(state["page"], call)}


def after(state: State, call: Call, listed: Listed) -> tuple[State, str]:
    """The state after a page, and what was odd about it ("" for nothing)."""
    told = {**state, "high": max([state["high"], *(at for at in listed.ats if at)])}
    if "ties" in state:
        return _after_ties(told, call, listed), ""
    if _looked_at_again(state["page"]):
        return _checked(told, call, listed), ""
    if _slipped(told, call, listed):
        return _turned(told, _back(state["page"], call), listed, call), ""
    reached = _reached(told, call, listed)
    if reached > told["from"] and listed.next is not None:
        return _from(told, reached), ""
    if call.ties and listed.next is not None and reached == told["from"]:
        return {**told, "ties": None, "page": None, "seen": []}, ""
    return _onward(told, call, listed)


def restarted(state: State) -> State:
    """The state after a page was refused, whose token may have expired: where its stretch began."""
    return _from(state, state["from"])


def ended(state: State, until: str) -> State:
    """The state at the end of a walk. `until`: rows that are newer have not been looked at.

    A row that was committed late, or changed, while the walk was under way may lie behind where it was read.
    """
    reached = min(state["high"], state["start"], until)
    return {**_resting(state), "since": max(state["since"], reached)}


_STRETCH = frozenset({"page", "seen", "count", "mark", "same", "print", "ties"})
_WALKING = _STRETCH | {"from", "start", "high", "over"}


def _resting(state: State) -> State:
    return {name: value for name, value in state.items() if name not in _WALKING}


def _from(state: State, since: str) -> State:
    """The state at the first page from a time on."""
    kept = {name: value for name, value in state.items() if name not in _STRETCH}
    return {**kept, "from": since, "page": None, "seen": [], "count": 0}


def over(state: State) -> bool:
    """Whether the last page has been read."""
    return bool(state.get("over"))


def _onward(state: State, call: Call, listed: Listed) -> tuple[State, str]:
    """On to the next page, or to the end: there is none, its token came before, it is the same once more."""
    token = _next(state["page"], call, listed)
    same = state.get("same", 0) + 1 if _same(state, listed) else 0
    if token is not None and (same == SAME or _came_round(state, call, token)):
        return {**state, "over": True}, REPEATED
    if call.paging.style == "page" and state["page"] not in (None, call.paging.first):
        # The page before is looked at once more: what has slipped onto it would be lost.
        again = {"again": state["page"] - 1, "then": token}
        return {**_turned(state, again, listed, call), "same": same}, ""
    if token is None:
        return {**state, "over": True}, ""
    return {**_turned(state, token, listed, call), "same": same}, ""


def _next(page: Any, call: Call, listed: Listed) -> Any:
    """The next page's token; an offset takes one row along that is known already."""
    if listed.next is None or call.paging.style != "offset":
        return listed.next
    return int(page or 0) + _stride(call)


def _same(state: State, listed: Listed) -> bool:
    return bool(listed.ids) and state.get("print") == listed.print


def _came_round(state: State, call: Call, token: Any) -> bool:
    return call.paging.style in ("cursor", "link") and token == state.get("mark")


def _turned(state: State, token: Any, listed: Listed, call: Call) -> State:
    """The state with the next page's token. The one at a power of two is kept until the next (Brent)."""
    count, size = state["count"] + 1, call.paging.size
    mark = token if count & (count - 1) == 0 else state.get("mark")
    seen = [*state["seen"][-2 * size :], *listed.marks] if size else []
    return {**state, "page": token, "count": count, "mark": mark, "seen": seen, "print": listed.print}


def _looked_at_again(page: Any) -> bool:
    return isinstance(page, dict) and "again" in page


def _checked(state: State, call: Call, listed: Listed) -> State:
    """After a page was looked at once more: on, or further back where its first row is a new one."""
    again, then = state["page"]["again"], state["page"]["then"]
    slipped = listed.ids and listed.marks[0] not in state["seen"]
    if slipped and again > (call.paging.first or 0):
        return _turned(state, {"again": again - 1, "then": again}, listed, call)
    return {**state, "over": True} if then is None else _turned(state, then, listed, call)


def _slipped(state: State, call: Call, listed: Listed) -> bool:
    """Whether rows have moved forward over the edge of this page: its first row should be known."""
    inside = call.paging.style == "offset" and state["page"]
    return bool(inside and listed.ids and listed.marks[0] not in state["seen"])


def _back(page: int, call: Call) -> int | None:
    """The offset one page before this one."""
    return page - _stride(call) if page > _stride(call) else None


def _stride(call: Call) -> int:
    return max(1, call.paging.size - 1)


def _asked(page: Any, call: Call) -> Any:
    if _looked_at_again(page):
        return page["again"]
    return call.paging.first if page is None else page


def _reached(state: State, call: Call, listed: Listed) -> str:
    """The time up to which a list in the order of time was read, "" where it is in no such order."""
    ats = [at for at in listed.ats if at]
    ordered = call.timed and len(ats) == len(listed.ats) and ats == sorted(ats)
    return _floored(ats[-1], call) if ordered and ats else ""


def _floored(at: str, call: Call) -> str:
    """The beginning of what `ties` takes for one time."""
    return from_epoch(to_epoch(at) // call.step * call.step) if call.ties else at


def _after_ties(state: State, call: Call, listed: Listed) -> State:
    """On to the rows with the next ids, or past this time."""
    if listed.ids:
        return {**state, "ties": listed.ids[-1]}
    return _from(state, _later(state["from"], call.step))


def _later(at: str, seconds: float) -> str:
    return from_epoch(to_epoch(at) + seconds)
