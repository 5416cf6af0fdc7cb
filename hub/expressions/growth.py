"""Which expressions may make more of a document than it holds: those are run within bounds of work."""

from collections import Counter
from typing import Any

Tree = dict[str, Any]

_MOST = 8
"""How often a value may stand in another before somebody counts."""

_LOOPS = frozenset({"projection", "value_projection", "filter_projection", "expref"})
_CHAINS = frozenset({"subexpression", "index_expression", "pipe", "projection", "value_projection"})


def outgrows(tree: Tree) -> bool:
    """Whether its work or its value may grow faster than what it reads.

    That takes `root()` inside of a loop, or values that are put side by side again and again.
    """
    return _copies(tree)[1] > _MOST or _sees_all_in_loops(tree, looped=False)


def loops(tree: Tree) -> bool:
    """Whether it goes through lists or objects."""
    children = [child for child in tree["children"] if isinstance(child, dict)]
    return tree["type"] in _LOOPS | {"flatten"} or any(map(loops, children))


def _sees_all_in_loops(tree: Tree, looped: bool) -> bool:
    if tree["type"] == "function_expression" and tree["value"] == "root":
        return looped
    children = [child for child in tree["children"] if isinstance(child, dict)]
    if tree["type"] not in _LOOPS:
        return any(_sees_all_in_loops(child, looped) for child in children)
    outside = [] if tree["type"] == "expref" else children[:1]
    inside = children[len(outside) :]
    return any(_sees_all_in_loops(child, looped) for child in outside) or any(
        _sees_all_in_loops(child, looped=True) for child in inside
    )


def _copies(tree: Tree) -> tuple[int, int]:
    """How often a node's value, and the largest on the way to it, may hold what the node is applied to."""
    kind = tree["type"]
    found = [_copies(child) for child in tree["children"] if isinstance(child, dict)]
    most = max((largest for _, largest in found), default=1)
    if kind in _CHAINS:
        product = 1
        for value, largest in found:
            most = max(most, product * largest)
            product *= value
        return product, max(most, product)
    if kind == "filter_projection":
        base, each, condition = found
        return base[0] * each[0], max(most, base[0] * each[1], base[0] * condition[1])
    if kind in {"literal", "comparator", "not_expression"}:
        return (0 if kind == "literal" else 1), most
    if kind in {"or_expression", "and_expression"}:
        return max(value for value, _ in found), most
    total = _beside(tree, found) if found else 1
    return total, max(most, total)


def _beside(tree: Tree, found: list[tuple[int, int]]) -> int:
    """How often values that stand beside each other hold what they are taken of: its members count apart."""
    children = [child for child in tree["children"] if isinstance(child, dict)]
    whole, members = 0, Counter[str]()
    for child, (value, _) in zip(children, found, strict=True):
        name = _member(child)
        whole += 0 if name else value
        members[name or ""] += value if name else 0
    return whole + max(members.values())


def _member(tree: Tree) -> str:
    """The member of the value that a node starts with, "" where it takes more."""
    if tree["type"] == "field":
        return str(tree["value"])
    if tree["type"] in _CHAINS | {"key_val_pair", "filter_projection", "flatten"}:
        return _member(tree["children"][0])
    return ""
