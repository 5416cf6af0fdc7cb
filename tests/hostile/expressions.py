"""Expressions that would never end, or whose value would fill the memory."""

from hub.expressions import EvaluationError, ExpressionError, compile, template
from tests.hostile.case import Case, deep

TEXT = "a" * 1000
NUMBERS = list(range(20_000))
RECORDS = [{"a": number, "b": "x", "n": [1]} for number in range(100_000)]


def evaluated(source, scope):
    def run():
        try:
            value = compile(source)(scope)
        except (EvaluationError, ExpressionError) as error:
            return f"{type(error).__name__}: {error}"
        return f"value of {len(value) if isinstance(value, list | str) else type(value).__name__}"

    return lambda: run


def filled(text, scope):
    def run():
        try:
            return f"text of {len(template(text)(scope))}"
        except (EvaluationError, ExpressionError) as error:
            return f"{type(error).__name__}: {error}"

    return lambda: run


REFUSED = r"EvaluationError: [a-z-]+$"
WRONG = r"ExpressionError: .*(deep|long|large)"
EITHER = f"{REFUSED}|{WRONG}|value of "


def _source(wanted, source, scope=None):
    return Case(wanted, evaluated(source, scope))


GROWTH = {
    "lists that double": _source(REFUSED, "a" + " | [@, @][]" * 40, {"a": NUMBERS}),
    "lists that double, each in one": _source(f"{REFUSED}|value of 2", "a" + " | [@, @]" * 40, {"a": 1}),
    "lists that double, as a text": _source(REFUSED, "to_string(a" + " | [@, @]" * 30 + ")", {"a": 1}),
    "lists that double, compared": _source(
        f"{REFUSED}|value of bool", "[a | {0}] == [a | {0}]".format(" | ".join(["[@, @]"] * 30)), {"a": 1}
    ),
    "objects that double": _source(f"{REFUSED}|value of dict", "a" + " | {a: @, b: @}" * 40, {"a": 1}),
    "texts that double": _source(REFUSED, "a" + " | concat(@, @)" * 40, {"a": TEXT}),
    "texts that are joined": _source(REFUSED, "a" + " | join('', [@, @])" * 40, {"a": TEXT}),
    "texts in texts": _source(REFUSED, "a" + " | to_string([@, @])" * 40, {"a": TEXT}),
    "texts that replace": _source(REFUSED, "replace(a, 'a', a)" + " | replace(@, 'a', @)" * 9, {"a": TEXT}),
    "texts from words": _source(REFUSED, "a" + " | words([@, @])" * 40, {"a": TEXT}),
    "parts of one text": _source(REFUSED, "a" + " | split(@, 'a')[] | join('aaa', @)" * 30, {"a": TEXT}),
    "references that double": _source(REFUSED, "a" + " | map(&[@, @], @)[]" * 40, {"a": NUMBERS}),
    "merged": _source("value of dict", "a" + " | merge(@, @)" * 40, {"a": {str(n): n for n in range(1000)}}),
}
LOOPS = {
    "all in all": _source(REFUSED, "x[?length(root().x[?@ == `-1`]) > `5`]", {"x": NUMBERS}),
    "all in all in all": _source(REFUSED, "x[?root().x[?root().x[?@ == `-1`]]]", {"x": NUMBERS}),
    "all in all by functions": _source(REFUSED, "map(&map(&map(&@, root().x), root().x), x)", {"x": NUMBERS}),
    "all in all by sorting": _source(REFUSED, "sort_by(x, &length(sort(root().x)))", {"x": NUMBERS}),
    "all in all by contains": _source(REFUSED, "x[?contains(root().x, to_string(@))]", {"x": NUMBERS}),
    "all in all by join": _source(REFUSED, "x[*].join('', root().y)", {"x": NUMBERS, "y": ["a"] * 9999}),
    "all in all by text": _source(REFUSED, "x[*].to_string(root().x)", {"x": NUMBERS}),
    "all in all by comparison": _source(REFUSED, "x[?root().x == root().y]", {"x": NUMBERS, "y": [*NUMBERS]}),
    "all in all by reverse": _source(REFUSED, "x[*].reverse(root().x) | length(@)", {"x": NUMBERS}),
    "all in all by slices": _source(REFUSED, "x[*].[root().x[::2]]", {"x": NUMBERS}),
    "all in all by values": _source(
        REFUSED, "x[*].[values(root().y)]", {"x": NUMBERS, "y": dict.fromkeys(map(str, NUMBERS))}
    ),
    "text in all": _source(REFUSED, "x[*].upper(root().t)", {"x": NUMBERS, "t": TEXT * 500}),
    "hash in all": _source(REFUSED, "x[*].sha256(root().t)", {"x": NUMBERS, "t": TEXT * 500}),
    "replace in all": _source(REFUSED, "x[*].replace(root().t, 'a', 'b')", {"x": NUMBERS, "t": TEXT * 500}),
}
LARGE = {
    source: _source(EITHER, source, {"x": RECORDS})
    for source in [
        "x[*].a",
        "x[?a > `5`].a",
        "x[].n[]",
        "sort_by(x, &a)[0]",
        "x[?a == root().x[0].a]",
        "max_by(x, &a).a",
        "join(',', x[*].b)",
        "x[::2]",
        "reverse(x)",
        "to_string(x)",
        "x[*].{a: a, b: b, c: n}",
        "total(x[*].a)",
        "sum(x[*].a)",
        "words(x[*].b)",
    ]
}
FORMS = {
    "parentheses": "(" * 50_000 + "a" + ")" * 50_000,
    "brackets": "[" * 100_000,
    "or": "a || " * 20_000 + "a",
    "and": "a && " * 20_000 + "a",
    "or of some hundred": "a || " * 900 + "a",
    "pipes": "a | " * 25_000 + "a",
    "names": "a." * 50_000 + "a",
    "not": "!" * 100_000 + "a",
    "projections": "a" + "[*]" * 33_000,
    "projections of some hundred": "a" + "[*]" * 500,
    "flattened": "a" + "[]" * 50_000,
    "filters": "[?a" * 20_000 + "]" * 20_000,
    "filters of some hundred": "a[?b" * 150 + "]" * 150,
    "a list of many": "[" + "a," * 50_000 + "a]",
    "an object of many": "{" + ", ".join(f"k{n}: a" for n in range(10_000)) + "}",
    "arguments": "concat(" + "a," * 30_000 + "a)",
    "a deep literal": "`" + "[" * 50_000 + "]" * 50_000 + "`",
    "a long literal": "`" + "1" * 100_000 + "`",
    "a long text": "'" + "a" * 100_000 + "'",
    "calls": "lower(" * 20_000 + "a" + ")" * 20_000,
    "calls of some hundred": "lower(" * 300 + "a" + ")" * 300,
    "comparisons": "a == " * 20_000 + "a",
    "quotes": "'" * 100_001,
    "double quotes": '"' * 100_001,
    "backticks": "`" * 100_001,
    "backslashes": "'" + "\\" * 100_000,
    "a long name": "x" * 100_000,
    "spaces": " " * 100_000 + "a",
    "an index": f"a[{'9' * 4000}]",
    "a step": f"a[::{'9' * 4000}]",
    "references": "map(&" * 5_000 + "a" + ", a)" * 5_000,
}
TEMPLATES = {
    "a long text": (r"text of 1000000|ExpressionError", "x" * 1_000_000),
    "many expressions": (r"text of 100000|ExpressionError", "{a}" * 100_000),
    "opened for ever": ("ExpressionError", "{" * 100_001),
    "opened and named": ("ExpressionError", "{a" * 50_000),
    "quoted for ever": ("ExpressionError", "{" + "'a" * 50_001),
    "escaped for ever": ("ExpressionError", "{'" + "\\" * 100_001),
    "braces": (r"text of 500000|ExpressionError", "{{" * 500_000),
}
DEEP = {
    f"{name} of what is deep": _source(EITHER, source, {"x": deep(100_000)})
    for name, source in {
        "text": "to_string(x)",
        "flat": "x[][][]",
        "equality": "x == `[[[1]]]`",
        "type": "type(x)",
    }.items()
}
CASES = {
    **{f"growth: {name}": case for name, case in GROWTH.items()},
    **{f"loops: {name}": case for name, case in LOOPS.items()},
    **{f"large: {name}": case for name, case in LARGE.items()},
    **{
        f"form: {name}": _source(f"{EITHER}|ExpressionError: ", form, {"a": 1})
        for name, form in FORMS.items()
    },
    **{
        f"template: {name}": Case(wanted, filled(text, {"a": 1}))
        for name, (wanted, text) in TEMPLATES.items()
    },
    **{f"deep: {name}": case for name, case in DEEP.items()},
}
