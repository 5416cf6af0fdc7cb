"""The text of an expression at its place in a file."""

import re
from dataclasses import dataclass

from hub.checks.tree import Node, tree
from hub.documents import Document, Step
from hub.errors import FileError

_LEFT = re.compile(r"(?:[\w*]|\[[^\]]*\]|\"[^\"]*\"|\.)+$")


@dataclass(frozen=True, slots=True)
class Text:
    """An expression at `path` of a file; `key`: it is made of the key there, which mistakes show."""

    document: Document
    path: tuple[Step, ...]
    source: str
    key: bool = False

    @property
    def tree(self) -> Node:
        """Its syntax tree, with places."""
        return tree(self.source)

    def error(self, code: str, message: str, at: Node, hint: str = "") -> FileError:
        """A mistake at a node."""
        offset = None if self.key else at.start
        return self.document.error(code, message, *self.path, hint=hint, offset=offset)

    def left_of(self, node: Node) -> str:
        """The path that a node is applied to, as written; `this` where it is anything else."""
        match = _LEFT.search(self.source[: node.start].rstrip("."))
        return match[0] if match else "this"
