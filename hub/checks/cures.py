"""What somebody meant who wrote another language's syntax: a code and a cure for what does not parse."""

import re
from dataclasses import dataclass

from hub.expressions import ExpressionError


@dataclass(frozen=True, slots=True)
class _Habit:
    """A way of writing that other languages have. `here`: what stands at the mistake."""

    code: str
    here: re.Pattern[str]
    hint: str


def _habit(code: str, here: str, hint: str) -> _Habit:
    return _Habit(code, re.compile(here), hint)


_HABITS = (
    _habit("curly-quotes", "[‘’“”´]", "a text is written in straight quotes: 'text'"),
    _habit(
        "dash-in-name", r"(?<=\w)->?\w", 'a name with other signs is written in double quotes: "first-name"'
    ),
    _habit("wrong-equals", r"(?<!=)=(?!=)", "equal is written =="),
    _habit("wrong-equals", r"(?<===)=|(?<=<)>", "equal is written ==, unequal !="),
    _habit("word-operator", r"(?i)and\b", "write &&"),
    _habit("word-operator", r"(?i)or\b", "write ||"),
    _habit("word-operator", r"(?i)(?<=not )\S|(?i:not )", "write !x"),
    _habit("dollar-path", r"\$", "the record itself is the start: leave $. out"),
    _habit("member-in-brackets", r"(?<=\[)['\"\w]", 'a field is read by its name: a.name or a."other name"'),
    _habit("index-after-dot", r"(?<=\.)\d", "an item is read by its index: a[0]"),
    _habit("no-ternary", r"\?\?", "coalesce(a, b) gives the first that is there"),
    _habit("no-ternary", r"\?", "condition && a || b gives a where it holds"),
    _habit("bare-number", r"-?\d", "a number is written in backticks: `5`"),
    _habit("single-ampersand", r"&", "and is written &&"),
    _habit(
        "arithmetic",
        r"[+\-*/%]",
        "there is no arithmetic: concat(a, b) joins texts, total([a, b]) adds amounts",
    ),
)
_BRACES = re.compile(r"\s*\{+\s*[\w.\[\]\"]+\s*\}+\s*")
_SYNONYMS = {
    "if": "condition && a || b gives a where it holds",
    "iif": "condition && a || b gives a where it holds",
    "default": "coalesce(a, b) gives the first that is there",
    "ifnull": "coalesce(a, b) gives the first that is there",
    "nvl": "coalesce(a, b) gives the first that is there",
    "count": "length(list)",
    "size": "length(list)",
    "len": "length(list)",
    "substring": "split(text, separator)[0], or truncate(text, length)",
    "int": "to_number(x)",
    "float": "to_number(x)",
    "str": "text(x)",
    "string": "text(x)",
    "filter": "list[?condition]",
    "includes": "contains(list, value)",
    "lowercase": "lower(text)",
    "uppercase": "upper(text)",
    "strip": "trim(text)",
    "add": "total([a, b])",
    "now": "an event's own time: a mapping gives the same for the same event",
    "today": "an event's own time: a mapping gives the same for the same event",
}
_CALL = re.compile(r"no function (\w+)\(\)")


def explained(error: ExpressionError, source: str, *, template: bool = False) -> tuple[str, ExpressionError]:
    """A code and the error with its cure, for a text that does not parse."""
    if "() takes " in error.message:
        return "wrong-arity", error
    call = _CALL.search(error.message)
    if call:
        hint = _SYNONYMS.get(call[1].lower(), error.hint)
        return "unknown-function", ExpressionError(error.message, error.offset, hint)
    if not template and _BRACES.fullmatch(source):
        message = "an expression stands here without braces"
        return "braces", ExpressionError(message, 0, f"write {source.strip('{} ')}")
    for habit in _HABITS:
        if habit.here.match(source, error.offset):
            return habit.code, ExpressionError(error.message, error.offset, habit.hint)
    if error.message.startswith("the text has no end") and not error.hint:
        return "expression", ExpressionError(
            error.message, error.offset, "a quote inside of a text is written \\'"
        )
    return "expression", error
