"""Lookups against all the values that there are: words that never come, and `else:` that is never needed."""

import json
from collections.abc import Iterator

from hub.checks.inference import Inference
from hub.checks.suggestion import suggest
from hub.checks.text import Text
from hub.checks.types import ANY, Type
from hub.checks.wording import Scope
from hub.errors import FileError
from hub.mapping import ABSENT, Mapping, Rule
from hub.values import plain

_BOOLEANS = frozenset({"true", "false"})
_MEANT = {
    **dict.fromkeys(("yes", "y", "on", "1", "t"), 'write "true"'),
    **dict.fromkeys(("no", "n", "off", "0", "f"), 'write "false"'),
}
"""Words for booleans that are none in JSON."""


def check(mapping: Mapping, rule: Rule, text: Text, scope: Scope) -> Iterator[FileError]:
    """What is dead in a lookup, as a JSON Schema says, or because its value is a boolean."""
    if not rule.lookup:
        return
    promised = _words(Inference(scope.promised).type(text.tree, scope.promised))
    boolean = Inference(scope.type).type(text.tree, scope.type).only("boolean")
    error = mapping.document.error
    for word in rule.lookup:
        if word not in promised if promised else boolean and word.lower() in _MEANT:
            hint = _MEANT.get(word.lower(), "") if boolean else suggest(word, promised)
            yield error("never-met", f'no value is ever "{word}"', *rule.path, "lookup", word, hint=hint)
    if promised and promised <= rule.lookup.keys() and rule.otherwise is not ABSENT:
        hint = "take it out"
        yield error("never-needed", "the lookup lists all values", *rule.path, "else", hint=hint)


def _words(type: Type) -> frozenset[str]:
    """All that a value may be, as lookups write it; empty where that is not known."""
    if type is ANY or not type.some:
        return frozenset()
    if type.words is not None:
        return frozenset(plain(json.loads(word)) for word in type.words)
    return _BOOLEANS if type.only("boolean") else frozenset()
