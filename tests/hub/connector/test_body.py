import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.connector.body import MAX_DEPTH, MAX_KEYS, accepts, answer, encode, parse, written
from hub.errors import RecordError

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(JSON)
def test_what_is_encoded_as_json_is_read_back(value):
    assert parse("json", encode("json", value)) == value


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"\xff", "malformed"),
        (b"\xef\xbb\xbf{}", "malformed"),
        (b'{"a": 1, "a": 2}', "duplicate key"),
        (b'{"a": NaN}', "not a number"),
        (b'{"a": -Infinity}', "not a number"),
        (b'{"a": 1e400}', "number beyond range"),
        (b'{"a": ' + b"1" * 5000 + b"}", "malformed"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "nested too deep"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "nested too deep"),
    ],
)
def test_json_that_is_ambiguous_endless_or_broken_is_refused(raw, complaint):
    with pytest.raises(RecordError, match=complaint) as caught:
        parse("json", raw)
    assert caught.value.reason == "bad-body"


def test_json_may_be_as_deep_as_the_limit():
    assert parse("json", b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


def test_many_brackets_are_no_depth():
    assert parse("json", b"[" + b"[]," * 100 + b"[]]") == [[]] * 101


def test_too_many_keys_are_refused():
    raw = json.dumps([{str(number): 1} for number in range(MAX_KEYS + 1)]).encode()
    with pytest.raises(RecordError, match="too many keys"):
        parse("json", raw)


def test_half_a_surrogate_pair_is_replaced_and_a_whole_one_kept():
    assert parse("json", rb'{"a": "cut \ud83d", "b": "\ud83d\ude00"}') == {"a": "cut �", "b": "😀"}


def test_a_complaint_holds_nothing_of_the_body():
    with pytest.raises(RecordError) as caught:
        parse("json", b'{"email": "lucia@correo.example"')
    assert "lucia" not in str(caught.value)


def test_a_form_has_nested_names_and_lists():
    raw = b"type=subscribe&data[merges][FNAME]=Luc%C3%ADa&data[id]=1&tags[]=a&tags[]=b&empty="
    expected = {"merges": {"FNAME": "Lucía"}, "id": "1"}
    assert parse("form", raw) == {"type": "subscribe", "data": expected, "tags": ["a", "b"], "empty": ""}
    assert parse("form", b"") == {}


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"a=1&a=2", "duplicate key"),
        (b"a=1&a[b]=2", "duplicate key"),
        (b"a=1&a[b][c]=2", "duplicate key"),
        (b"a=1&a[]=2", "duplicate key"),
        (b"a[]=1&a=2", "duplicate key"),
        (b"a[=1", "malformed name"),
        (b"=1", "malformed name"),
        (b"a=%FF", "malformed"),
        (b"\xff", "malformed"),
        (b"a", "malformed"),
        (b"a" + b"[b]" * MAX_DEPTH + b"=1", "nested too deep"),
        (b"&".join(b"%d=1" % number for number in range(MAX_KEYS + 1)), "too many keys"),
    ],
)
def test_a_form_that_is_ambiguous_or_broken_is_refused(raw, complaint):
    with pytest.raises(RecordError, match=complaint):
        parse("form", raw)


def test_what_is_encoded_as_a_form_is_read_back():
    value = {"a": "1", "b": {"c": "ñ", "d": ["x", "y"]}}
    assert parse("form", encode("form", value)) == value
    assert encode("form", {"n": 7, "yes": True, "no": None}) == b"n=7&yes=true"


@pytest.mark.parametrize(
    ("format", "kind", "right"),
    [
        ("json", "application/json", True),
        ("json", "Application/JSON; Charset=UTF-8", True),
        ("json", "application/cloudevents+json", True),
        ("json", "", True),
        ("json", "text/plain", False),
        ("json", "application/json; charset=latin-1", False),
        ("json", "application/x-www-form-urlencoded", False),
        ("form", "application/x-www-form-urlencoded", True),
        ("form", "application/json", False),
    ],
)
def test_the_content_type_must_be_the_formats(format, kind, right):
    assert accepts(format, kind) is right


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.sampled_from(["json", "form"]), st.binary(max_size=80))
def test_hostile_bytes_are_read_or_refused(format, raw):
    try:
        parse(format, raw)
    except RecordError as error:
        assert error.reason == "bad-body"


@pytest.mark.parametrize(
    "raw", [b"[NaN]", b"[-Infinity]", b"[1e400]", b"[" * 65 + b"]" * 65, b"[" * 100_000, b"\xff", b"{"]
)
def test_an_answer_that_no_event_could_carry_is_not_json(raw):
    with pytest.raises(ValueError, match=r"number|deep|decode|Expecting"):
        answer(raw)


def test_an_answer_may_repeat_a_key_and_be_cut_inside_of_a_character():
    assert answer(rb'{"a": 1, "a": "cut \ud83d"}') == {"a": "cut �"}
    assert answer(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_what_travels_as_it_was_written_is_what_was_read(value, ascii, indent):
    raw = json.dumps(value, ensure_ascii=ascii, indent=indent).encode("utf-8", "surrogatepass")
    try:
        told = parse("json", raw)
    except RecordError:
        return
    text = written("json", raw)
    assert text is None or (json.loads(text) == told and "\n" not in text)


@pytest.mark.parametrize(
    "raw", [b'{"a":\n1}', b'{"a": "\\ud83d"}', '{"a": "\uffff"}'.encode(), '"\ufffe"'.encode()]
)
def test_what_a_queue_or_a_line_of_the_archive_does_not_take_is_written_anew(raw):
    parse("json", raw)
    assert written("json", raw) is None


def test_what_came_as_a_form_is_written_anew():
    assert written("form", b"a=1") is None
