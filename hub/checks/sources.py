"""Names in mappings that no sample has: misspelt fields, and texts that were meant as constants."""

from collections.abc import Iterator
from difflib import get_close_matches

from hub.checks.inference import Note
from hub.checks.leaves import Target, results
from hub.checks.suggestion import suggest
from hub.checks.text import Text
from hub.checks.tree import Node
from hub.checks.wording import Scope, unknown
from hub.errors import FileError


def check(text: Text, scope: Scope, of: str, target: Target | None = None) -> Iterator[FileError]:
    """The names in an expression that nothing has. `of`: whose samples they are."""
    if target and _is_word(text.tree, scope, target):
        yield _bare(text, text.tree, scope)
        return
    for note in unknown(text, scope):
        yield _unknown(text, note, of, target, scope)


def _is_word(node: Node, scope: Scope, target: Target) -> bool:
    """Whether a leaf is one of its field's own words, and nothing says that there is a field of this name."""
    known = scope.type.fields or {}
    return node.kind == "field" and node.value in target.values and node.value not in known


def _unknown(text: Text, note: Note, of: str, target: Target | None, scope: Scope) -> FileError:
    node = note.node
    known = sorted((note.type.fields or {}).keys() - {"payload"})
    if not get_close_matches(node.value, known, n=1, cutoff=0.6):
        if node.quoted and _means_text(text, node, target):
            message = f'"{node.value}" in double quotes is the name of a field, which no sample of {of} has'
            return text.error("quoted-name", message, node, _or_shown(f"write '{node.value}'", scope))
        if _is_compared(text, node) or _means_text(text, node, target):
            return _bare(text, node, scope)
    left = text.left_of(node)
    full = f"{left}.{node.value}" if left != "this" else node.value
    message = f'no sample of {of} has "{full}"'
    return text.error("unknown-source-field", message, node, _or_shown(suggest(node.value, known), scope))


def _bare(text: Text, node: Node, scope: Scope) -> FileError:
    whole = text.source.strip() == node.value
    hint = f"write \"'{node.value}'\"" if whole else f"write '{node.value}'"
    sure = scope.type.fields is not None and not scope.unseen
    message = f'"{node.value}" is read as the name of a field, {"which there is not" if sure else _UNSHOWN}'
    return text.error("bare-text", message, node, _or_shown(hint, scope))


_UNSHOWN = "and no sample shows one"


def _or_shown(hint: str, scope: Scope) -> str:
    """The cure; of a record that has to be fetched, and that nobody has shown, the name may be right."""
    return f"{hint}, or show the record: {scope.unseen}".lstrip(", ") if scope.unseen else hint


def _means_text(text: Text, node: Node, target: Target | None) -> bool:
    """Whether a name stands where a text is as likely."""
    if _is_compared(text, node):
        return True
    fits = target is not None and target.type == "text" and not target.personal
    return fits and any(node is one for one in results(text.tree))


def _is_compared(text: Text, node: Node) -> bool:
    compared = (one for one in text.tree.nodes() if one.kind == "comparator")
    return any(node is child for one in compared for child in one.children)
