"""Whatever stands in a file: it works, or it is a mistake with a place. Nothing else is ever raised."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.checks import check
from hub.documents import parse
from hub.errors import FileError
from hub.expressions import EvaluationError, ExpressionError, compile, template

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests" / "checks" / "base"
SHIPPED = sorted(
    path for folder in ("connectors", "mappings", "flows") for path in (ROOT / folder).glob("*.yaml")
)

WORDS = (
    "a b @ root() root * [*] [] [0] [-1] [::2] [? ] [ ] { } ( ) . , : | || && ! != == < >= & 'a' 'it\\'s' "
    '`1` `null` `{"a": [1]}` "a b" "\\u0000" \\ \' ` " 1 -5 length( sort_by( map(& merge( text( money( time( '
    "coalesce( concat( lower( to_number( join( null true é \u2028 \U0001f600 $ # % ; = + - / ~ ?"
)
TEXTS = st.lists(st.sampled_from(WORDS.split(" ")) | st.text(max_size=2), max_size=14).map("".join)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=8,
)
PIECES = (
    "{ } [ ] ' \" | > @ ` % ? # &a *a !!int --- ... \t \x00 \u2028 1e999 0x1f null true email << : - "
    "both:\n in:\n tests:\n field: lookup: each: fields: from: else: setting: record: \n \n\u00a0\u00a0"
)


PUT = st.sampled_from(PIECES.split(" ")).map(lambda piece: f"{piece} ".replace("\u00a0", " "))


@st.composite
def spoilt(draw, text):
    """A text in which some things were taken out, put in or told twice."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        put = draw(st.one_of(PUT, PUT, TEXTS, st.just(text[start:end] * 2)))
        text = text[:start] + put + text[end:]
    return text


def test_any_text_is_an_expression_or_a_mistake_with_a_place(examples):
    @examples(500)
    @given(TEXTS, DOCUMENTS)
    def fuzz(source, scope):
        for made in (compile, template):
            try:
                made(source)(scope)
            except ExpressionError as error:
                assert error.message
                assert 0 <= error.offset <= len(source)
            except EvaluationError as error:
                assert error.reason

    fuzz()


@pytest.mark.parametrize("file", SHIPPED, ids=lambda path: path.stem)
def test_a_spoilt_file_is_read_or_is_a_mistake_with_a_place(file, examples):
    text = file.read_text(encoding="utf-8")

    @examples(40)
    @given(spoilt(text))
    def fuzz(spoiled):
        try:
            parse(spoiled, "mappings/x.yaml")
        except FileError as error:
            assert error.render().startswith(f"mappings/x.yaml:{error.place.line}:{error.place.column}: ")

    fuzz()


RICH = """\
entity: customer
record: "@"
both:
  email: email
  first_name: {field: given_name}
  kind: {field: stage, lookup: {l: lead, c: customer}}
  street: {line: address.line1, town: address.city}
in:
  vip: contains(labels || `[]`, 'vip')
  tags:
    each: {one: labels, two: "one[?a == root().b]"}
    fields: {x: two, y: {from: one, lookup: {"1": a}, else: b}}
out:
  greeting: concat('Hi ', given_name)
  more: {deep: {from: stage, required: true}}
consent:
  email.marketing: {address: email, state: {from: optin, lookup: {"true": granted}}, at: changed}
tests:
  - {name: one, in: {email: Ada@Correo.example, kind: l}, expect: {email: ada@correo.example, stage: lead}}
  - {name: two, out: {email: ada@correo.example, stage: lead}, expect: {email: ada@correo.example}}
"""


def test_a_project_with_a_spoilt_mapping_is_checked_to_its_end(examples, tmp_path):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)

    @examples(60)
    @given(spoilt(RICH))
    def fuzz(spoiled):
        (tmp_path / "mappings" / "shop.customer.yaml").write_bytes(spoiled.encode("utf-8", "replace"))
        for error in check(tmp_path).errors:
            assert error.place.line > 0
            assert error.place.column > 0
            assert error.render()

    fuzz()
