"""What the types say of an expression, as people are told: a code, a message and a cure."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hub.checks.inference import Inference, Note
from hub.checks.signatures import EACH, GIVES, TAKES
from hub.checks.suggestion import suggest
from hub.checks.text import Text
from hub.checks.tree import Node
from hub.checks.types import ANY, Type
from hub.errors import FileError
from hub.expressions import FUNCTIONS

Said = tuple[str, str, str]
"""Code, message and hint."""

_NAMES = {
    "boolean": "a boolean",
    "number": "a number",
    "text": "a text",
    "list": "a list",
    "object": "an object",
    "null": "null",
}
_NUMERIC = {True: re.compile(r"-?\d+(\.\d+)?"), False: re.compile("true|false")}
"""Texts that were meant as a number, or as a boolean."""

_COMPUTED = frozenset({"comparator", "not_expression"})

REVIVED: Said = ("or-on-boolean", "false || x gives x", "coalesce(a, b) skips only null and empty text")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression sees. `evidence`: how the types are known, as in " in every sample".

    `promised`: what a JSON Schema says of it, which holds of all there will be. `unseen`: the file that would
    show a record that has to be fetched, where none does.
    """

    type: Type
    evidence: str = ""
    promised: Type = ANY
    unseen: str = ""


def kinds(type: Type) -> str:
    """A type in words: `a text or a list`."""
    return " or ".join(_NAMES[kind] for kind in sorted(type.some))


def is_computed(node: Node) -> bool:
    """Whether it is true or false by its own logic, so that `||` is a logical or."""
    if node.kind in {"and_expression", "or_expression"}:
        return all(map(is_computed, node.children))
    return node.kind in _COMPUTED or (
        node.kind == "function_expression" and GIVES.get(node.value, ANY).only("boolean")
    )


def remarks(text: Text, scope: Scope, *, condition: bool = False) -> tuple[Type, list[FileError]]:
    """The type of an expression, and what is wrong inside of it; not the names that are unknown."""
    reading = Inference(scope.type)
    found = reading.type(text.tree, scope.type)
    conditions = set(map(id, _conditions(text.tree, condition)))
    notes = [note for note in reading.notes if note.about != "boolean-or" or id(note.node) not in conditions]
    said = {
        (note.node.start, words[0]): text.error(words[0], words[1], note.node, words[2])
        for note in notes
        if (words := _said(note, text, scope))
    }
    return found, list(said.values())


def impossible(text: Text, promised: Type) -> list[FileError]:
    """The words that a value is compared with, and never is as a JSON Schema says."""
    reading = Inference(promised)
    reading.type(text.tree, promised)
    found = [note for note in reading.notes if note.about == "never-this-word"]
    return [
        text.error(code, said, note.node, hint)
        for note in found
        for code, said, hint in [_never_this_word(note, text, "")]
    ]


def unknown(text: Text, scope: Scope) -> list[Note]:
    """The names in an expression that nothing has."""
    reading = Inference(scope.type)
    reading.type(text.tree, scope.type)
    return [note for note in reading.notes if note.about == "unknown"]


def _said(note: Note, text: Text, scope: Scope) -> Said | None:
    rule = _WORDS.get(note.about)
    return rule(note, text, scope.evidence) if rule else None


def _conditions(node: Node, here: bool) -> Iterator[Node]:
    """The nodes of which only truth counts."""
    if here:
        yield node
    logical = node.kind in {"and_expression", "or_expression"}
    for number, child in enumerate(node.children):
        left = node.kind == "and_expression" and number == 0
        asked = node.kind == "not_expression" or (node.kind == "filter_projection" and number == 2)
        yield from _conditions(child, asked or left or (here and logical))


def _of_list(note: Note, text: Text, evidence: str) -> Said:
    left = text.left_of(note.node)
    message = f'{left} is a list{evidence}, and "{note.node.value}" of a list is null'
    return (
        "through-list",
        message,
        f"{left}[].{note.node.value} goes through its items, {left}[0].{note.node.value} reads the first",
    )


def _of_scalar(note: Note, text: Text, evidence: str) -> Said:
    message = f'{text.left_of(note.node)} is {kinds(note.type)}{evidence}, and has no "{note.node.value}"'
    return "no-parts", message, "take the rest of the path off"


def _index(note: Note, text: Text, evidence: str) -> Said:
    left = text.left_of(note.node)
    hint = f"{left}.name reads one of its fields" if note.type.only("object") else "take the brackets off"
    return "not-a-list", f"{left} is {kinds(note.type)}{evidence}, not a list", hint


def _projected_index(note: Note, text: Text, evidence: str) -> Said:
    hint = f"{text.left_of(note.node)} | [0] takes the first of them"
    return "projected-index", f"the index is applied to each item, and each is {kinds(note.type)}", hint


def _never_equal(note: Note, text: Text, evidence: str) -> Said:
    mine = json.dumps(note.node.value, ensure_ascii=False)
    message = f"the other side is {kinds(note.type)}{evidence}, and never equals {mine}"
    return "never-equal", message, _equal_cure(note)


def _equal_cure(note: Note) -> str:
    value = note.node.value
    if note.type.only("object") and "amount" in (note.type.fields or {}):
        return "compare its .amount"
    if note.type.only("list"):
        return "contains(list, value) asks whether it is among them"
    if note.type.only("text") and not isinstance(value, list | dict):
        return f"write '{value if isinstance(value, str) else json.dumps(value)}'"
    if isinstance(value, str) and _NUMERIC[note.type.only("number")].fullmatch(value):
        return f"write `{value}`"
    return ""


def _never_this_word(note: Note, text: Text, evidence: str) -> Said:
    words = [json.loads(word) for word in note.type.words or ()]
    return (
        "unknown-value",
        f'"{note.node.value}" is not one of its values',
        suggest(str(note.node.value), words),
    )


def _two_forms(note: Note, text: Text, evidence: str) -> Said:
    message = "the same moment is written in several ways: these texts are never equal"
    return "time-equality", message, "compare with after(a, b) and before(a, b), days with date(a) == date(b)"


def _boolean_or(note: Note, text: Text, evidence: str) -> Said | None:
    computed = is_computed(note.node.children[0])
    if computed and note.type.only("boolean"):
        return None
    if computed:
        return (
            "or-on-boolean",
            "this gives true, and not what stands behind ||",
            "a && b gives b where a holds",
        )
    return REVIVED


def _after_truth(note: Note, text: Text, evidence: str) -> Said:
    if note.node.kind == "and_expression":
        return "always-true", "what stands before && always holds", "take it out"
    return (
        "never-reached",
        "what stands before is always there, so this is never read",
        "put it first, or take it out",
    )


def _after_falsehood(note: Note, text: Text, evidence: str) -> Said:
    return "never-reached", "what stands before && never holds, so this is never read", "take it out"


def _argument(note: Note, text: Text, evidence: str) -> Said:
    taken = EACH.get(note.by)
    call = next(node for node in text.tree.nodes() if node.calls(note.by) and note.node in node.children)
    taken = taken or TAKES[note.by][min(call.children.index(note.node), len(TAKES[note.by]) - 1)]
    wanted = " or ".join(_NAMES[kind] for kind in sorted(taken))
    message = f"{note.by}() takes {wanted}, and this is {kinds(note.type)}{evidence}"
    return "wrong-argument", message, _argument_cure(note.type, taken)


def _argument_cure(type: Type, taken: frozenset[str]) -> str:
    if "text" in taken and type.only("number", "boolean"):
        return "text(x) makes a text of it"
    if "list" in taken and type.only("text"):
        return "split(x, ',') makes a list of it"
    if taken == {"number"} and type.only("text"):
        return "to_number(x) makes a number of it"
    return ""


def _constant(note: Note, text: Text, evidence: str) -> Said:
    known = FUNCTIONS[note.by]
    call = next(node for node in text.tree.nodes() if node.calls(note.by) and note.node in node.children)
    names = known.signature.partition("(")[2].strip(")").replace("[", "").replace("]", "").split(",")
    name = names[call.children.index(note.node)].strip()
    return "wrong-constant", f"this is no {name} that {note.by}() knows", f"{known.signature}: {known.doc}"


def _no_reference(note: Note, text: Text, evidence: str) -> Said:
    message = "this is read of the record, and not of each item of the list"
    return "no-reference", message, f"write &{'.'.join(note.node.path) or 'name'}"


def _piped(note: Note, text: Text, evidence: str) -> Said:
    message = f'| reads "{note.node.value}" of what stands before it, which is {kinds(note.type)}{evidence}'
    return "pipe-for-or", message, "a || b gives the first of both"


_WORDS: dict[str, Callable[[Note, Text, str], Said | None]] = {
    "of-list": _of_list,
    "of-scalar": _of_scalar,
    "index": _index,
    "projection": _index,
    "projected-index": _projected_index,
    "never-equal": _never_equal,
    "never-this-word": _never_this_word,
    "two-forms": _two_forms,
    "boolean-or": _boolean_or,
    "after-truth": _after_truth,
    "after-falsehood": _after_falsehood,
    "argument": _argument,
    "constant": _constant,
    "no-reference": _no_reference,
    "piped": _piped,
}
