"""The inverse of an expression: a document is changed so that the expression gives a value over it.

Lists and objects are changed in place, so that what was taken out of a document by reference stays a part of
it. What was planted is read back; what cannot be inverted raises NotPlantedError.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hub.errors import HubError
from hub.expressions import EvaluationError, compile
from hub.expressions.syntax import Tree
from hub.simulator import inverses
from hub.simulator.trees import is_true, tree_of, value_of

Put = Callable[[Tree, Any, Any], Any]


class NotPlantedError(HubError):
    """No document can be made over which this expression gives what it should."""

    def __init__(self, source: str) -> None:
        super().__init__(f"{source!r} cannot be turned round")
        self.source = source


def planted(source: str, here: Any, value: Any) -> Any:
    """`here` changed so that `source` gives `value` over it. Raises NotPlantedError."""
    tree = tree_of(source)
    try:
        changed = put(tree, here, value)
        found = compile(source)(changed)
    except (EvaluationError, inverses.UnknownError):
        changed = _within(source, here, value)
        found = value_of(tree, changed)
    if found != value and not _same_texts(found, value):
        raise NotPlantedError(source)
    return changed


def _same_texts(found: Any, value: Any) -> bool:
    """Whether two lists hold the same texts in whatever order."""
    lists = isinstance(found, list) and isinstance(value, list)
    return lists and all(isinstance(one, str) for one in (*found, *value)) and sorted(found) == sorted(value)


def _within(source: str, here: Any, value: Any) -> Any:
    """What is a part of one text that is read (`split(address, '(')[1]`), with the value in its place."""
    paths, old = set(compile(source).paths), value_of(tree_of(source), here)
    path = paths.pop() if len(paths) == 1 else ()
    if not path or not all(name.isidentifier() for name in path):
        raise NotPlantedError(source)
    tree = tree_of(".".join(path))
    text = value_of(tree, here)
    if text is None:
        return put(tree, here, value)
    if not (isinstance(text, str) and isinstance(old, str) and old and old in text):
        raise NotPlantedError(source)
    before, _, after = text.rpartition(old)
    return put(tree, here, f"{before}{value}{after}")


def satisfied(source: str, here: Any, *, truth: bool = True) -> Any:
    """`here` changed so that a condition holds (or does not). Raises NotPlantedError."""
    tree = tree_of(source)
    try:
        changed = satisfy(tree, here, truth)
    except inverses.UnknownError:
        raise NotPlantedError(source) from None
    if is_true(value_of(tree, changed)) is not truth:
        raise NotPlantedError(source)
    return changed


def put(tree: Tree, here: Any, value: Any) -> Any:
    """As `planted`, for a part of an expression, and not read back."""
    writer = _WRITERS.get(tree["type"])
    if writer is None:
        raise inverses.UnknownError(tree["type"])
    return writer(tree, here, value)


def satisfy(tree: Tree, here: Any, truth: bool = True) -> Any:
    """As `satisfied`, for a part of an expression, and not read back."""
    if is_true(value_of(tree, here)) is truth:
        return here
    kind, children = tree["type"], tree["children"]
    if kind == "not_expression":
        return satisfy(children[0], here, not truth)
    if kind in ("and_expression", "or_expression"):
        return _junction(children, here, truth, all_of=(kind == "and_expression") is truth)
    if kind == "comparator":
        return _compared(tree, here, truth)
    if kind == "function_expression" and tree["value"] in _TELLING and truth:
        return _told(tree, here)
    return put(tree, here, "x" if truth else None)


def _junction(children: list[Tree], here: Any, truth: bool, *, all_of: bool) -> Any:
    if all_of:
        for child in children:
            here = satisfy(child, here, truth)
        return here
    for child in children:
        tried = deepcopy(here)
        try:
            changed = satisfy(child, tried, truth)
        except inverses.UnknownError:
            continue
        if is_true(value_of(child, changed)) is truth:
            return satisfy(child, here, truth)
    raise inverses.UnknownError("or_expression")


_BEYOND = {"eq": 0, "lte": 0, "gte": 0, "lt": -1, "gt": 1}
_NEGATED = {"eq": "ne", "ne": "eq", "lt": "gte", "gte": "lt", "gt": "lte", "lte": "gt"}
_MIRRORED = {"lt": "gt", "gt": "lt", "lte": "gte", "gte": "lte"}


def _compared(tree: Tree, here: Any, truth: bool) -> Any:
    """A comparison that holds: the side that is read gets what the other one is."""
    left, right = tree["children"]
    sign = tree["value"] if truth else _NEGATED[tree["value"]]
    if left["type"] == "literal":
        left, right, sign = right, left, _MIRRORED.get(sign, sign)
    other = value_of(right, here)
    if sign == "ne":
        return put(left, here, "other" if other is None or isinstance(other, str) else None)
    moved = other + _BEYOND[sign] if isinstance(other, int | float) and _BEYOND[sign] else other
    return put(left, here, moved)


_TELLING = frozenset({"contains", "starts_with", "ends_with"})


def _told(tree: Tree, here: Any) -> Any:
    """`contains(…)` and its like that hold."""
    subject, wanted = tree["children"]
    if subject["type"] == "literal":
        return put(wanted, here, next(iter(subject["value"]), None))
    value = value_of(wanted, here)
    listed = tree["value"] == "contains" and (_is_list(subject) or not isinstance(value, str))
    return put(subject, here, [value] if listed else value)


def _is_list(tree: Tree) -> bool:
    kind = tree["type"]
    children = [child for child in tree["children"] if isinstance(child, dict)]
    if kind in ("projection", "filter_projection", "value_projection", "flatten", "multi_select_list"):
        return True
    return kind in ("or_expression", "pipe", "subexpression") and any(map(_is_list, children))


def _field(tree: Tree, here: Any, value: Any) -> Any:
    found = here if isinstance(here, dict) else {}
    found[tree["value"]] = value
    return found


def _chain(tree: Tree, here: Any, value: Any) -> Any:
    return _led(tree["children"], here, value)


def _led(children: list[Tree], here: Any, value: Any) -> Any:
    head, *rest = children
    if not rest:
        return put(head, here, value)
    return put(head, here, _led(rest, value_of(head, here), value))


def _index(tree: Tree, here: Any, value: Any) -> Any:
    items = here if isinstance(here, list) else []
    place = tree["value"]
    place = max(0, len(items) + place) if place < 0 else place
    while len(items) <= place:
        items.append(deepcopy(items[-1]) if items else None)
    items[place] = value
    return items


def _projection(tree: Tree, here: Any, value: Any) -> Any:
    base, each, *condition = tree["children"]
    held = value_of(base, here)
    items = held if isinstance(held, list) else []
    if not isinstance(value, list):
        raise inverses.UnknownError(tree["type"])
    fitting = [one for one in items if not condition or is_true(value_of(condition[0], one))]
    model = fitting[-1] if fitting else None
    written = []
    for number, one in enumerate(value):
        item = put(each, fitting[number] if number < len(fitting) else deepcopy(model), one)
        written.append(satisfy(condition[0], item) if condition else item)
    if base["type"] == "multi_select_list":  # `[body][?hook]`: there is no room for others
        return _flagged(base["children"], here, value) or put(base, here, written)
    others = [one for one in items if not any(one is fit for fit in fitting)]
    return put(base, here, [*others, *written])


def _flagged(children: list[Tree], here: Any, value: list[Any]) -> Any:
    """`[a && 'x', b && 'y'][?@]`: flags of what is in a list; None for anything else."""
    pairs = [child["children"] for child in children if child["type"] == "and_expression"]
    if len(pairs) < len(children) or any(right["type"] != "literal" for _, right in pairs):
        return None
    for left, right in pairs:
        here = satisfy(left, here, right["value"] in value)
    return here


def _flatten(tree: Tree, here: Any, value: Any) -> Any:
    return put(tree["children"][0], here, value)


def _select(tree: Tree, here: Any, value: Any) -> Any:
    if tree["type"] == "multi_select_dict":
        pairs = [(pair["children"][0], (value or {}).get(pair["value"])) for pair in tree["children"]]
    else:
        pairs = list(zip(tree["children"], value, strict=False))
    for child, one in pairs:
        if one is not None:
            here = put(child, here, one)
    return here


def _either(tree: Tree, here: Any, value: Any) -> Any:
    """The side that is there already, else the first that takes it."""
    children = tree["children"]
    there = [child for child in children if is_true(value_of(child, here))]
    return inverses.first([*there[:1], *children], tree, here, value, put)


def _both(tree: Tree, here: Any, value: Any) -> Any:
    left, right = tree["children"]
    return put(right, satisfy(left, here), value)


def _whole(tree: Tree, here: Any, value: Any) -> Any:
    return value


def _literal(tree: Tree, here: Any, value: Any) -> Any:
    if tree["value"] != value:
        raise inverses.UnknownError("literal")
    return here


def _truth(tree: Tree, here: Any, value: Any) -> Any:
    return satisfy(tree, here, is_true(value))


def _call(tree: Tree, here: Any, value: Any) -> Any:
    if tree["value"] in _TELLING:
        return satisfy(tree, here, is_true(value))
    return inverses.called(tree, here, value, put)


_WRITERS: dict[str, Put] = {
    "field": _field,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "index": _index,
    "projection": _projection,
    "filter_projection": _projection,
    "flatten": _flatten,
    "multi_select_dict": _select,
    "multi_select_list": _select,
    "or_expression": _either,
    "and_expression": _both,
    "current": _whole,
    "identity": _whole,
    "literal": _literal,
    "comparator": _truth,
    "not_expression": _truth,
    "function_expression": _call,
}
