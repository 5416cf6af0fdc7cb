"""YAML files with JSON scalars only, and where everything in them stands."""

import pytest

from hub.documents import Document, parse, pointer, read
from hub.errors import FileError, Place


def fails(text):
    with pytest.raises(FileError) as caught:
        parse(text, "x.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("null", None),
        ("true", True),
        ("false", False),
        ("12", 12),
        ("-1.5", -1.5),
        ("2e3", 2000.0),
        ("NO", "NO"),
        ("on", "on"),
        ("~", "~"),
        ("+57300", "+57300"),
        ("010", "010"),
        ("12:30", "12:30"),
        ("2024-01-05", "2024-01-05"),
        ("0x1f", "0x1f"),
        (".5", ".5"),
        ('"12"', "12"),
        ("''", ""),
        ("[1, a]", [1, "a"]),
        ("{a: {b: c}}", {"a": {"b": "c"}}),
        ("|\n  one\n  two\n", "one\ntwo\n"),
    ],
)
def test_only_json_scalars_are_more_than_text(written, value):
    data = parse(f"key: {written}", "x.yaml").data
    assert data == {"key": value}
    assert type(data["key"]) is type(value)


def test_keys_are_always_text():
    assert parse("true: 1\n12: 2\nnull: 3\n", "x.yaml").data == {"true": 1, "12": 2, "null": 3}


def test_every_key_item_and_value_has_its_place():
    document = parse('in:\n  "a/b": [x, "y"]\n  c: |\n    text\n', "x.yaml")
    assert document.place("in", "a/b") == Place("x.yaml", 2, 3)
    assert document.place("in", "a/b", 1) == Place("x.yaml", 2, 14)
    assert document.value_place("in", "a/b", 1) == Place("x.yaml", 2, 15)
    assert document.value_place("in", "c") == Place("x.yaml", 4, 5)
    assert document.value_place() == Place("x.yaml", 1, 1)


def test_the_place_of_what_is_not_there_is_that_of_what_it_would_be_in():
    document = parse("in:\n  a: b\n", "x.yaml")
    assert document.place("in", "nowhere", 3) == Place("x.yaml", 1, 1)
    assert document.value_place("in", "nowhere") == Place("x.yaml", 1, 1)
    assert Document("y.yaml", {}).place("in") == Place("y.yaml", 1, 1)


@pytest.mark.parametrize(
    ("text", "offset", "line", "column"),
    [
        ("a: one(two", 3, 1, 7),
        ('a: "one(two"', 3, 1, 8),
        (r'a: "one.\"two\".x("', 13, 1, 20),
        ("a: 'it''s(x'", 4, 1, 10),
        ("a: one &&\n  two(x", 10, 2, 6),
        ("a: |\n  one &&\n  two(x\n", 10, 3, 6),
    ],
)
def test_a_mistake_inside_of_a_text_points_to_its_character(text, offset, line, column):
    error = parse(text, "x.yaml").error("expression", "wrong", "a", offset=offset)
    assert (error.place.line, error.place.column) == (line, column)
    assert error.text == text.splitlines()[line - 1]


def test_a_mistake_at_a_key_shows_the_line_and_the_hint():
    error = parse("in:\n  given_nmae: x\n", "x.yaml").error(
        "unknown-field", "no", "in", "given_nmae", hint="cure"
    )
    assert error.render().splitlines() == [
        "x.yaml:2:3: unknown-field: no",
        "2 |   given_nmae: x",
        "  |   ^",
        "  = cure",
    ]


def test_a_document_of_the_artifact_has_places_without_lines():
    document = Document("x.yaml", {"a": "b"}, {"/a": [3, 1], "/a=": [3, 4]})
    error = document.error("expression", "wrong", "a", offset=2)
    assert str(error.place) == "x.yaml:3:6"
    assert error.text == ""


TRAPS = [
    "id: [0].id",
    "id: @",
    "id: !contains(x, 'a')",
    "id: x[].{a: b}",
    "id: 'x' || y",
    'id: "x" || y',
    "id: {from: items[0].sku}",
    "id: {from: x[?b == `1`].c | [0]}",
    "id: `5`",
    "id: *.b",
    "- [0].id",
]


@pytest.mark.parametrize("line", TRAPS)
@pytest.mark.parametrize("following", ["", "next: x\n"])
def test_an_expression_that_yaml_misreads_is_named_with_its_cure(line, following):
    error = fails(f"{line}\n{following}")
    assert error.code == "unquoted-expression"
    assert error.place.line == 1
    assert "double quotes" in error.hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: {from: join(a, b)}", "split-expression"),
        ("a: {b, c: d}", "split-expression"),
        ("a: &x", "anchor"),
        ("a: &x b\nc: *x", "anchor"),
        ("a: *x", "alias"),
        ("a: !x b", "tag"),
        ("!x a: b", "tag"),
        ("a: >\n  b\n", "folded-text"),
        ("a: 1\na: 2", "duplicate-key"),
        ("{a: b}: c", "key-not-text"),
        ("a:\n", "no-value"),
        ("", "empty-file"),
        ("a: 1\n---\nb: 2", "two-documents"),
        ("a:\n\tb: 1", "tab"),
        ("a: b: c", "yaml"),
        ("a: 'b\n", "yaml"),
        ("a: \x01", "yaml"),
    ],
)
def test_what_is_more_or_less_than_json_is_refused(text, code):
    assert fails(text).code == code


def test_a_file_is_named_relative_to_the_project(tmp_path):
    (tmp_path / "flows").mkdir()
    path = tmp_path / "flows" / "x.yaml"
    path.write_text("on: cart\n")
    assert read(path, tmp_path).file == "flows/x.yaml"
    path.write_bytes(b"on: \xff\n")
    with pytest.raises(FileError, match="not-utf-8"):
        read(path, tmp_path)


def test_a_pointer_escapes_its_steps():
    assert pointer(("a/b", "~", 0)) == "/a~1b/~0/0"
