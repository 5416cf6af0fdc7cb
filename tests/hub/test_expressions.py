"""Expressions, our functions, and texts with expressions in them."""

import sys
from types import SimpleNamespace

import pytest

from hub.expressions import FUNCTIONS, EvaluationError, ExpressionError, compile, expression, template

EXAMPLES = [(f.name, *example) for f in FUNCTIONS.values() for example in f.examples]


@pytest.mark.parametrize(("name", "source", "scope", "value"), EXAMPLES)
def test_every_example_of_a_function_holds(name, source, scope, value):
    assert compile(source)(scope) == value
    assert name in source


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a.b", {"a"}),
        ("a[0].b[].c", {"a"}),
        ("list[?x == y].z", {"list"}),
        ("join(' ', [a, b.c])", {"a", "b"}),
        ("{x: a, y: b}", {"a", "b"}),
        ("a || b && !c", {"a", "b", "c"}),
        ("items | [0].sku", {"items"}),
        ("@.a", {"a"}),
        ("root().a", {"a"}),
        ("list[?x == root().y]", {"list"}),
        ("map(&sku, items)", {"items"}),
        ("a.*.b", {"a"}),
        ("a[1:2]", {"a"}),
        ("'text'", set()),
        ('headers."x-topic"', {"headers"}),
    ],
)
def test_an_expression_knows_the_names_it_reads(source, names):
    assert compile(source).names == names


def test_an_expression_knows_the_paths_it_reads():
    assert compile("cart.total.amount").paths == {("cart", "total", "amount")}
    assert compile("[cart.url, customer.{a: name}]").paths == {("cart", "url"), ("customer",)}
    assert compile("cart.items[0].sku").paths == {("cart", "items")}


def test_a_plain_path_is_null_where_it_leads_nowhere():
    path = compile("a.b.c")
    assert path({"a": {"b": {"c": 1}}}) == 1
    assert path({"a": {"b": "text"}}) is None
    assert path({}) is None
    assert path.path == ("a", "b", "c")
    assert compile("a[0]").path is None
    assert "a.b.c" in repr(path)


@pytest.mark.parametrize(
    ("source", "offset", "message"),
    [
        ("", 0, "is empty"),
        ("  ", 0, "is empty"),
        ("a ||", 4, "too early"),
        ("a b", 2, '"b" is not expected'),
        ("a == 'b", 5, "has no end"),
        ("a # b", 2, "unknown token"),
        ("x.trimm(a)", 2, "no function trimm"),
        ("trim(a, b)", 0, "takes 1 argument, not 2"),
        ("money(a)", 0, "takes 2 arguments, not 1"),
        ("time()", 0, "takes 1 to 2 arguments, not 0"),
        ("concat()", 0, "takes at least 1 argument, not 0"),
        ("length(a, b)", 0, "takes 1 argument"),
        ("not_null()", 0, "at least 1"),
    ],
)
def test_a_wrong_expression_is_named_with_its_place(source, offset, message):
    with pytest.raises(ExpressionError, match=message) as caught:
        compile(source)
    assert caught.value.offset == offset


def test_an_unknown_function_gets_a_suggestion():
    with pytest.raises(ExpressionError) as caught:
        compile("starts_wiht(a, 'b')")
    assert caught.value.hint == 'did you mean "starts_with"?'
    with pytest.raises(ExpressionError) as caught:
        compile("qqqqqq(a)")
    assert "hub functions" in caught.value.hint


@pytest.mark.parametrize(
    ("source", "scope", "reason"),
    [
        ("length(a)", {"a": 5}, "wrong-type-in-length"),
        ("contains(a, `1`)", {"a": "secret"}, "no-value"),
        ("money(a, 'COP')", {"a": "secret"}, "no-value"),
        ("total(a)", {"a": "secret"}, "no-value"),
        ("words(a)", {"a": "secret"}, "no-value"),
        (
            "total(a)",
            {"a": [{"amount": "1", "currency": "COP"}, {"amount": "1", "currency": "EUR"}]},
            "no-value",
        ),
        ("format_time(a, '%c')", {"a": "2026-01-01"}, "no-value"),
        ("time(a)", {"a": "secret"}, "no-value"),
        ("time(a, 'Nowhere')", {"a": "2026-01-01"}, "no-value"),
        ("upper(a)", {"a": 5}, "no-value"),
    ],
)
def test_an_expression_without_a_value_says_why_but_not_of_what(source, scope, reason):
    with pytest.raises(EvaluationError) as caught:
        compile(source)(scope)
    assert caught.value.reason == reason
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "function", [f for f in FUNCTIONS.values() if f.least and not f.takes_null], ids=lambda f: f.name
)
def test_null_passes_through_every_function(function):
    arguments = ", ".join(["nothing", *["'CO'"] * (function.least - 1)])
    assert compile(f"{function.name}({arguments})")({}) is None


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("to_string(id)", "to-string"),
        ("a > b", "text-comparison"),
        ("a <= 'x'", "text-comparison"),
        ("a || `true`", "or-on-boolean"),
        ("`false` || a", "or-on-boolean"),
        ("a == null", "bare-literal"),
        ("true", "bare-literal"),
        ("!a.b", "early-not"),
        ("x == '!a' && !(a || b).c", "early-not"),
        ("!a[?!b]", "early-not"),
        ("a[?!b.c].d", "early-not"),
        ("!lower(a).b", "early-not"),
        ("!a[].b", "early-not"),
        ("!a[0].b", "early-not"),
    ],
)
def test_a_form_that_gives_wrong_results_is_found(source, code):
    assert [finding.code for finding in compile(source).findings()] == [code]


@pytest.mark.parametrize(
    ("source", "offset", "hint"),
    [
        ("c && !a.b", 5, "write !(a.b)"),
        ('!"a b".c[0] || d', 0, 'write !("a b".c[0])'),
        ("a[?!b.c].d[?!e]", 3, "write !(b.c)"),
        ("!lower(a).b", 0, "write !(…)"),
    ],
)
def test_a_not_that_takes_too_little_is_shown_with_what_was_meant(source, offset, hint):
    (finding,) = compile(source).findings()
    assert (finding.offset, finding.hint) == (offset, hint)


@pytest.mark.parametrize(
    "source",
    [
        "length(a) > `5`",
        "to_number(a) >= to_number(b)",
        "a == 'x' || b == 'y'",
        "a || b",
        "a.null",
        '"null"',
        "'< to_string('",
        "a == `null`",
        "!(a.b)",
        "!a && !b || a.b != 'c'",
        "!a[0]",
        "[!a, !b][0]",
        "!contains(a.b, 'c')",
    ],
)
def test_what_is_sound_is_not_found(source):
    assert not list(compile(source).findings())


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("{a}", 5),
        ("x{a}y", "x5y"),
        ("{{{a}}}", "{5}"),
        ("{{a}}", "{a}"),
        ("{ {x: a} }", {"x": 5}),
        ('{`{"x": 1}`.x}', 1),
        ("{'}'}", "}"),
        ('{"b}"}', 7),
        ("{b}", None),
        (
            {"k": ["{a}", {"l": "{c}-{a}"}], "n": 1, "b": True, "z": None},
            {"k": [5, {"l": "C-5"}], "n": 1, "b": True, "z": None},
        ),
        ("", ""),
        ("plain", "plain"),
        ("{d}!", "true!"),
    ],
)
def test_a_text_that_is_only_an_expression_keeps_its_type(literal, value):
    assert template(literal)({"a": 5, "c": "C", "d": True, "b}": 7}) == value


def test_what_is_filled_into_a_url_is_quoted():
    quote = str.upper
    assert template("/x/{a}")({"a": "b"}, quote) == "/x/B"
    assert template("{a}")({"a": "b"}, quote) == "B"


def test_null_inside_of_a_text_is_a_missing_value():
    for literal, quote in (("/x/{a}", None), ("{a}", str)):
        with pytest.raises(EvaluationError) as caught:
            template(literal)({}, quote)
        assert caught.value.args[0] == "missing-value"
    with pytest.raises(EvaluationError, match="not-a-text"):
        template("/x/{a}")({"a": [1]})


@pytest.mark.parametrize(("text", "offset"), [("a{b", 1), ("ab{c d}", 5), ("{trimm(a)}", 1)])
def test_a_mistake_in_a_template_is_placed_within_the_text(text, offset):
    with pytest.raises(ExpressionError) as caught:
        template(text)
    assert caught.value.offset == offset


def test_a_template_knows_its_expressions():
    assert [e.source for e in template({"a": "{x}{y.z}", "b": ["{w}"]}).expressions] == ["x", "y.z", "w"]


def test_what_the_build_wrote_is_not_compiled_again(monkeypatch):
    built = {"x.y[0]": (lambda scope: "built", None, (("x", "y"),)), "z.w": (None, ("z", "w"), (("z", "w"),))}
    monkeypatch.setitem(sys.modules, "compiled", SimpleNamespace(EXPRESSIONS=built))
    monkeypatch.setitem(sys.modules, "hub.expressions.compiler", None)
    monkeypatch.setattr(expression, "_built", expression._built.__wrapped__)
    assert compile.__wrapped__("x.y[0]")({}) == "built"
    assert compile.__wrapped__("z.w")({"z": {"w": 1}}) == 1
    assert compile.__wrapped__("z.w").names == {"z"}
