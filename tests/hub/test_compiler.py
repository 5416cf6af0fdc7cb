"""Compiled expressions give what jmespath.py's interpreter gives, and are functions that people can read."""

import ast
import json
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.expressions import FUNCTIONS, ExpressionError, compile
from hub.expressions.compiler import module
from hub.expressions.native import NATIVE
from tests.hub.oracle import compiled, interpreted

NAMES = st.sampled_from(["a", "b", "c", '"d e"'])
SCALARS = st.sampled_from(
    [None, True, False, 0, 1, -1, 5, 1.0, 2.5, "", "a", "b", "10", "aá", "2026-01-05T10:00:00Z"]
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "c", "d e"]), inner, max_size=4)
    ),
    max_leaves=20,
)
LITERALS = st.one_of(
    st.sampled_from(["'a'", "''", "'it\\'s'", "'10'", "`[[1, [2]], [], {}]`", '`{"a": [1, "b"]}`']),
    SCALARS.map(lambda value: f"`{json.dumps(value)}`"),
)
BOUNDS = st.sampled_from(["", "0", "1", "-1", "2", "-3", "9"])
STEPS = st.sampled_from(["", ":", ":1", ":2", ":-1", ":-2", ":0"])
SLICES = st.tuples(BOUNDS, BOUNDS, STEPS).map(lambda parts: f"[{parts[0]}:{parts[1]}{parts[2]}]")
INDEXES = st.sampled_from(["[0]", "[1]", "[-1]", "[-2]", "[7]"])
ANY_LISTS = ["a", "b", "@", "[a, b]", "[a, b][]", "to_array(a)", "values(@)", "`[3, 1, 2]`", '`["b", "a"]`']
OF_ONE = [name for name, one in (NATIVE | FUNCTIONS).items() if one.least <= 1 and name not in ("root",)]
BY = st.sampled_from(["sort_by", "min_by", "max_by"])
UNSTABLE = {"to_string"}
"""Of an expression reference it gives the address of an object."""

TAKING = {
    name: (one.least, min(one.least + 2, one.most or 9))
    for name, one in (NATIVE | FUNCTIONS).items()
    if name not in UNSTABLE
}
"""Name -> fewest and most arguments that are tried."""


def suffixes(inner):
    hashes = st.lists(st.tuples(NAMES, inner), min_size=1, max_size=3).map(
        lambda pairs: "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"
    )
    lists = st.lists(inner, min_size=1, max_size=3).map(lambda items: f"[{', '.join(items)}]")
    return st.one_of(
        NAMES.map(lambda name: f".{name}"),
        INDEXES,
        SLICES,
        st.sampled_from(["[*]", "[]", ".*", "[][]", "[*].*"]),
        inner.map(lambda condition: f"[?{condition}]"),
        hashes.map(lambda text: f".{text}"),
        lists.map(lambda text: f".{text}"),
        inner.map(lambda text: f" | {text}"),
        st.sampled_from(OF_ONE).map(lambda name: f".{name}(@)"),
    )


def calls(inner):
    references = inner.map(lambda text: f"&{text}")
    lists = st.sampled_from(ANY_LISTS) | inner
    return st.one_of(
        st.builds("{}({})".format, st.sampled_from(sorted(set(OF_ONE) - UNSTABLE)), inner),
        st.sampled_from(sorted(TAKING)).flatmap(lambda name: call(name, lists)),
        st.builds("{}({}, {})".format, BY, lists, references),
        st.builds("map({}, {})".format, references, lists),
        st.just("root()"),
    )


def call(name, arguments):
    least, most = TAKING[name]
    texts = st.lists(arguments, min_size=least, max_size=most)
    return texts.map(lambda some: f"{name}({', '.join(some)})")


def combined(inner):
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "&&", "||", "|"])
    chains = st.lists(suffixes(inner), min_size=1, max_size=3).map("".join)
    return st.one_of(
        st.builds("{}{}".format, NAMES, chains),
        st.builds("({}){}".format, inner, chains),
        st.builds("@{}".format, chains),
        st.builds("{} {} {}".format, inner, operators, inner),
        st.builds("({}) {} ({})".format, inner, operators, inner),
        st.builds("!{}".format, inner),
        st.builds("!({})".format, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{a: {}, b: {}}}".format, inner, inner),
        st.builds("[?{}]".format, inner),
        calls(inner),
    )


LEAVES = st.one_of(NAMES, NAMES, st.just("@"), LITERALS, st.just("*"), st.just("[*]"), st.just("[]"))
EXPRESSIONS = st.recursive(LEAVES, combined, max_leaves=6)


def parses(source):
    try:
        compile(source)
    except ExpressionError:
        return False
    return True


def test_random_expressions_give_what_the_interpreter_gives(examples):
    @examples(400)
    @given(EXPRESSIONS.filter(parses), st.lists(DOCUMENTS, min_size=1, max_size=3))
    def same(source, documents):
        for document in documents:
            assert compiled(source, document) == interpreted(source, document)

    same()


ITEMS = [{"n": 1, "t": "a", "in": [1, [2]]}, {"n": 0, "t": "", "in": []}, None, {"n": None, "t": "b"}, "text"]
SCOPE = {
    "items": ITEMS,
    "by": {"x": {"n": 1}, "y": {"n": None}, "z": {"n": 3}},
    "d e": 5,
    "t": "b",
    "f": False,
}

CASES = {
    "field": [("t", "b"), ('"d e"', 5), ("nothing", None), ("t.x", None), ("items.n", None)],
    "index": [
        ("items[0].n", 1),
        ("items[-1]", "text"),
        ("items[9]", None),
        ("items[-9]", None),
        ("t[0]", None),
    ],
    "slice": [("items[:2].n", [1, 0]), ("items[::-2] | [0]", "text"), ("t[0:1]", None), ("items[9:]", [])],
    "list projection": [("items[*].n", [1, 0]), ("t[*]", None), ("by[*]", None), ("nothing[*].a", None)],
    "value projection": [("by.*.n", [1, 3]), ("items.*", None), ("*.x.n", [1])],
    "filter": [
        ("items[?t].n", [1]),
        ("items[?n == `0`].t", [""]),
        ("items[?t == 'a' && n].n", [1]),
        ("items[?t == root().t].t", ["b"]),
        ("by[?n]", None),
    ],
    "flatten": [("items[].in[]", [1, [2]]), ("items[*].in[][]", [1, 2]), ("by[]", None)],
    "pipe ends a projection": [("items[*].n | [0]", 1), ("items[*].in[0]", [1]), ("nothing | @", None)],
    "multiselect": [
        ("[t, nothing]", ["b", None]),
        ("{a: t, b: @.f}", {"a": "b", "b": False}),
        ("nothing.[a]", None),
        ("nothing.{a: b}", None),
        ("{a: t, a: f}", {"a": False}),
    ],
    "comparison": [
        ("`1` == `true`", False),
        ("`0` == `false`", False),
        ("`0` != `false`", True),
        ("f == `false`", True),
        ("nothing == `null`", True),
        ("'a' != t", True),
        ('`5` == "d e"', True),
        ('`6` > "d e"', True),
        ('"d e" <= `5`', True),
        ("'a' < 'b'", True),
        ("f < `1`", None),
        ("nothing >= nothing", None),
        ("`[1]` == `[1]`", True),
    ],
    "truth": [
        ("f || t", "b"),
        ("`0` || t", 0),
        ("`0` && t", "b"),
        ("`[]` || `{}` || ''", ""),
        ("f && t", False),
        ("!`0`", False),
        ("!''", True),
        ("!t", False),
        ("!(t == 'b')", False),
    ],
    "literal": [
        ("'it\\'s'", "it's"),
        ('`{"a": [1, null]}`', {"a": [1, None]}),
        ("`1.50`", 1.5),
        ("'a\nb'", "a\nb"),
    ],
    "expression reference": [
        ("sort_by(items[?n], &n)[*].t", ["", "a"]),
        ("max_by(values(by)[?n], &n).n", 3),
        ("min_by(values(by)[?n], &root().t)", {"n": 1}),
        ("map(&n, values(by))", [1, None, 3]),
        ("sort_by(`[]`, &n)", []),
    ],
    "function": [
        ("length(items)", 5),
        ("[abs(`-1`), ceil(`1.2`), floor(`1.8`)]", [1, 2, 1]),
        ("[avg(`[1, 2]`), min(`[2, 1]`), max(`[]`), min(`[]`)]", [1.5, 1, None, None]),
        (
            "[starts_with(t, 'b'), ends_with(t, 'a'), contains(t, 'b'), contains(`[1]`, t)]",
            [True, False, True, False],
        ),
        ('sort(`["b", "a"]`)', ["a", "b"]),
        ("reverse(`[1, 2]`)", [2, 1]),
        (
            "map(&type(@), [t, f, items, by, nothing, `1`])",
            ["string", "boolean", "array", "object", "null", "number"],
        ),
        ("to_array(`[1]`)", [1]),
        ("to_number(`[1]`)", None),
        ("to_number(`2`)", 2),
        ("to_number('-7')", -7),
        ("max_by(`[]`, &n)", None),
        ("min_by(`[]`, &n)", None),
        ("sum(items[*].n)", 1),
        ("avg(`[]`)", None),
        ('max(`["a", "b"]`)', "b"),
        ("join('-', keys(by))", "x-y-z"),
        ("to_number('1x')", None),
        ("to_number('1.5e3')", 1500.0),
        ("to_number('1.5')", 1.5),
        ("to_string(by.x)", '{"n":1}'),
        ("type(&t)", None),
        ("reverse('abc')", "cba"),
        ("merge(by.x, {t: t})", {"n": 1, "t": "b"}),
        ("not_null(nothing, f)", False),
        ("items[*].to_array(@)[] | length(@)", 4),
        ("lower(nothing)", None),
        ("coalesce(nothing, t)", "b"),
    ],
}


@pytest.mark.parametrize(("source", "value"), [case for cases in CASES.values() for case in cases])
def test_every_feature_gives_its_value(source, value):
    assert compile(source)(SCOPE) == value
    assert compiled(source, SCOPE) == interpreted(source, SCOPE)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("items[::0]", "no-value"),
        ("'a' < `1`", "no-value"),
        ("ceil(`NaN`)", "no-value"),
        ("merge(by, t)", "no-value"),
        ("abs(t)", "wrong-type-in-abs"),
        ("abs(f)", "wrong-type-in-abs"),
        ("length(nothing)", "wrong-type-in-length"),
        ("join('-', `[\"a\", 1]`)", "wrong-type-in-join"),
        ('sort(`[1, "a"]`)', "wrong-type-in-sort"),
        ("sort(`[true]`)", "wrong-type-in-sort"),
        ("sort_by(values(by), &n)", "wrong-type-in-sort_by"),
        ("sort_by(values(by), &f)", "wrong-type-in-sort_by"),
        ("max_by(values(by), &n)", "wrong-type-in-max_by"),
        ("map(t, items)", "wrong-type-in-map"),
        ("length(&t)", "wrong-type-in-length"),
    ],
)
def test_every_failure_has_the_interpreters_reason(source, reason):
    assert compiled(source, SCOPE) == interpreted(source, SCOPE) == f"EvaluationError: {reason}"


def test_the_source_of_an_expression_is_a_function_that_people_can_read():
    text = module(["items[?price > `5`].sku", "cart.id"])
    function = text[text.index("# ") : text.index("EXPRESSIONS")].strip()
    assert function == (
        "# 'items[?price > `5`].sku'\n"
        "def e0(scope):\n"
        "    items_1 = scope.get('items') if isinstance(scope, dict) else None\n"
        "    found_2 = None\n"
        "    if isinstance(items_1, list):\n"
        "        found_2 = []\n"
        "        for item_3 in items_1:\n"
        "            item_4 = item_3 if isinstance(item_3, dict) else EMPTY\n"
        "            price_5 = item_4.get('price')\n"
        "            gt_6 = price_5 > 5 if ordered(price_5) else None\n"
        "            if not gt_6:\n"
        "                continue\n"
        "            sku_7 = item_4.get('sku')\n"
        "            if sku_7 is not None:\n"
        "                found_2.append(sku_7)\n"
        "    return found_2"
    )
    assert "'cart.id': (None, ('cart', 'id'), (('cart', 'id'),))," in text


@pytest.mark.parametrize(
    "name", ["\nimport os\n#", "'''", "\\", "\x00", "é\u2028", "\ud800", "{0}", "class", "e0", "x" * 500]
)
def test_no_text_of_an_expression_becomes_code(name):
    field = json.dumps(name)
    for source in (f"{field}.a || b", f"`{field}`", f"{{{field}: a}}", f"[?{field}]"):
        statements = ast.parse(module([source])).body
        assert {type(one) for one in statements} <= {ast.ImportFrom, ast.Assign, ast.FunctionDef}
        assert compiled(source, {name: {"a": 1}}) == interpreted(source, {name: {"a": 1}})


def test_an_expression_deeper_than_pythons_blocks_runs_in_parts():
    source = "a[*]." * 40 + "a"
    document = 1
    for _ in range(41):
        document = {"a": [document]}
    assert compiled(source, document) == interpreted(source, document)
    filters = "[?a" * 30 + " && root().b == `1`" + "]" * 30
    assert compiled(filters, [document, {"a": []}]) == interpreted(filters, [document, {"a": []}])


@pytest.mark.parametrize(
    "source", ["!" * 5000 + "a", "(" * 5000, "`" + "[" * 300 + "]" * 300 + "`", "a || " * 1500 + "a"]
)
def test_an_expression_without_an_end_to_its_depth_is_refused(source):
    with pytest.raises(ExpressionError, match="nested too deeply"):
        compile(source)


def test_an_index_with_more_digits_than_python_reads_is_refused():
    with pytest.raises(ExpressionError, match="too long"):
        compile(f"a[{'1' * 5000}]")


def test_no_warning_is_compiled():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for source in ("`1`[0]", "'a'.{b: @}", "`1`[*]", "`null` == 'a'", "`true` == 'a'", "lower(`null`)"):
            assert compiled(source, None) == interpreted(source, None)


def test_what_the_code_calls_of_python_is_no_function_of_ours():
    assert not {"isinstance", "len", "float", "list", "dict"} & {*NATIVE, *FUNCTIONS}
    assert not any(name[-1].isdigit() and "_" in name for name in (*NATIVE, *FUNCTIONS))


def test_two_values_of_a_literal_are_not_one():
    first = compile("`[1]`")(None)
    first.append(2)
    assert compile("`[1]`")(None) == [1]


@pytest.mark.parametrize("text", ["inf", "-Infinity", "nan", "1e999"])
def test_a_number_that_json_does_not_have_is_none(text):
    assert compile(f"to_number('{text}')")(None) is None
