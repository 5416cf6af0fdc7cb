import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts import Account
from hub.documents import Document
from hub.errors import RecordError
from hub.mapping import Context, Mapping, transcoding
from hub.mapping.shape import shape

CONTEXT = Context(Account.of("shop.co", {"country": "CO"}), "2026-11-20T15:00:00.000000Z")
CUSTOMER = {"id": "c-1", "email": "alma@correo.example"}

EXPRESSIONS = (
    "a",
    "a.b",
    "a.b.c",
    '"á".b',
    "b[0]",
    "b[0].c",
    "b[-1].a.b",
    "b[*].a",
    "b[].c",
    "b[*].c[].a",
    "b[1:].c",
    "b[?a == 'x'].c",
    "b[?a].b.c",
    "a.*.b",
    "a.{x: b, y: c.a}",
    "b[*].{x: a, y: c}",
    "[a, b.c]",
    "a.b || c.a",
    "a && c.b",
    "!a.b",
    "b[*].c | [0]",
    "a | b.c",
    "sort_by(b, &a)[0].c",
    "b[?c == root().a.c].b",
    "length(b)",
    "coalesce(a.b, c)",
    "text(a.b)",
    "concat(a.b, '-', c)",
    "customer.email",
    "c[*].a[*].b",
    "keys(a)",
    "@",
)
LISTS = (
    {"each": {"x": "b"}, "fields": {"p": "x.a", "q": "x.c.b", "r": "a.b"}},
    {"each": {"x": "b", "y": "x.c"}, "fields": {"p": "y.a", "q": "concat(x.a, y.b)"}},
    {"each": {"a": "a.b"}, "fields": {"p": "a", "q": "b[0].a"}},
)
LOOKUP = {"from": "a.b", "lookup": {"x": "X", "1": "one"}, "else": "other"}

NAMES = st.sampled_from(["a", "b", "c", "á", "z"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["x", "", "ñ", "\u0000", "😀", "1"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
parts = st.fixed_dictionaries(
    {},
    optional={
        "a": scalars | st.dictionaries(NAMES, values, max_size=4),
        "b": st.lists(st.dictionaries(NAMES, values, max_size=3), max_size=3),
        "c": values,
        "á": values,
        "z": values,
    },
)
documents = st.dictionaries(NAMES, values, max_size=5) | parts
leaves = st.sampled_from(EXPRESSIONS) | st.sampled_from(LISTS) | st.just(LOOKUP)


def mapping(out):
    return Mapping(Document("mappings/shop.thing.yaml", {"entity": "thing", "out": out}), {})


def answer(work):
    try:
        return work()
    except RecordError as error:
        return error.reason


def test_bytes_give_what_the_whole_document_gives(examples):
    @examples(300)
    @given(st.lists(leaves, min_size=1, max_size=4), documents, st.booleans())
    def same(some, document, ascii):
        subject = mapping({f"out_{number}": leaf for number, leaf in enumerate(some)})
        body = json.dumps(document, ensure_ascii=ascii).encode()
        expected = answer(lambda: subject.outward(document, CUSTOMER, CONTEXT))
        assert answer(lambda: json.loads(subject.transcode(body, CUSTOMER, CONTEXT))) == expected

    same()


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        ({"x": "a.b", "y": "a.c.d"}, {"a": {"b": None, "c": {"d": None}}}),
        ({"x": "a.b", "y": "a"}, {"a": None}),
        ({"x": "b[*].a.c", "y": "b[0].z"}, {"b": [{"a": {"c": None}, "z": None}]}),
        ({"x": "b[?k == 'v'].a"}, {"b": [{"a": None, "k": None}]}),
        ({"x": "b[*].c[].a"}, {"b": [{"c": None}]}),
        ({"x": "b[].a | [0]"}, {"b": [{"a": None}]}),
        ({"x": {"each": {"i": "b", "j": "i.c"}, "fields": {"p": "j.d"}}}, {"b": [{"c": [{"d": None}]}]}),
        ({"x": "sort_by(b, &z.y)[0].a"}, {"b": None}),
        ({"x": "a.b", "y": "a[0]"}, {"a": None}),
        ({"x": '"á"', "y": "a"}, None),
        ({"x": "b[?a == root().c].d"}, None),
        ({"x": "customer.email", "y": "'web'"}, {}),
    ],
)
def test_what_is_read_of_a_document(out, expected):
    assert shape(mapping(out).writes) == expected


def test_a_leaf_of_which_all_was_read_before_has_nothing_that_could_fail():
    subject = mapping({"x": "a.b", "y": "a.b", "z": "a | b"})
    assert subject.outward({"a": {"b": 1}}, CUSTOMER, CONTEXT) == {"x": 1, "y": 1, "z": 1}


def test_what_is_not_read_is_not_decoded():
    decode = mapping({"x": "a.b", "y": "b[*].c"})._codec.decode
    assert decode(b'{"a": {"b": 1, "z": [1, {}]}, "b": [{"c": 2, "d": 3}], "z": {"y": 1}}') == {
        "a": {"b": 1},
        "b": [{"c": 2}],
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": "text", "z": 1}', {}),
        (b'{"a": {"b": "\\ud83d\\ude00 \\ud83d"}}', {"x": "😀 \ud83d"}),
        (b'{"a": {"b": 1}, "z": NaN}', {"x": 1}),
        (b'\xef\xbb\xbf{"a": {"b": 1}}', {"x": 1}),
        (b'{"a": {"b": 1}, "a": {"b": 2}}', {"x": 2}),
        (b'{"a": {"b": 1, "z": ' + b"[" * 400 + b"]" * 400 + b"}}", {"x": 1}),
    ],
)
def test_what_msgspec_refuses_is_read_all_the_same(body, expected):
    assert json.loads(mapping({"x": "a.b"}).transcode(body, CUSTOMER, CONTEXT)) == expected


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"a": ', b'{"a": "\xff"}', b"[" * 100_000])
def test_a_body_that_is_no_object_of_json_is_refused_without_its_text(body):
    with pytest.raises(RecordError, match="bad-body: this is no object of JSON"):
        mapping({"x": "a.b"}).transcode(body, CUSTOMER, CONTEXT)


def test_without_msgspec_the_answers_are_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "msgspec", None)
    body = '{"a": {"b": "ñ"}, "z": [1, 2]}'.encode()
    subject = mapping({"x": "a.b"})
    assert subject._codec == transcoding.codec({"a": None})
    assert json.loads(subject.transcode(body, CUSTOMER, CONTEXT)) == {"x": "ñ"}
