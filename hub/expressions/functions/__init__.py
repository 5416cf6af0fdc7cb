"""Our functions beside JMESPath's own, a module for each noun. Null passes through: of null they give null.

Each says in its `doc` what it does; its examples are run as tests and shown by `hub functions`. What is not
understood is a ValueError or a TypeError, and so is what is too large (`hub.expressions.limits`).
"""

from hub.expressions.functions import (
    choice,
    codes,
    documents,
    hashes,
    json,
    lists,
    money,
    names,
    texts,
    times,
)
from hub.expressions.functions.registry import FUNCTIONS, Function

__all__ = [
    "FUNCTIONS",
    "Function",
    "choice",
    "codes",
    "documents",
    "hashes",
    "json",
    "lists",
    "money",
    "names",
    "texts",
    "times",
]
