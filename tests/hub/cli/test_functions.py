"""hub functions: what expressions may call."""

import json

import pytest

from hub.cli import main
from hub.cli.functions import HEADINGS
from hub.cli.native import natives
from hub.expressions import FUNCTIONS, compile
from hub.expressions.native import NATIVE

OWN = natives()


def test_all_functions_stand_under_the_heading_of_their_noun(capsys):
    assert main(["functions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {one.noun for one in (FUNCTIONS | OWN).values()} == set(HEADINGS)
    assert [line for line in lines if line and line[0].isupper()] == list(HEADINGS.values())
    for one in (FUNCTIONS | OWN).values():
        assert lines.count(f"  {one.signature}") == 1
    assert max(map(len, lines)) <= 100


def test_one_function_is_shown_with_its_examples(capsys):
    assert main(["functions", "pad"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "pad(value, width, with)",
        "    A value as text of at least `width` characters, filled up at its left by the one character",
        "    `with`.",
        "",
        """    pad(x, `8`, '0')  over {"x": 12345}  gives "00012345\"""",
        """    pad(x, `3`, '0')  over {"x": "2026"}  gives "2026\"""",
    ]


def test_jmespaths_own_functions_are_shown_too(capsys):
    assert main(["functions", "sort_by"]) == 0
    assert capsys.readouterr().out.startswith("sort_by(list, &expression)\n    The items in the order")


@pytest.mark.parametrize("one", OWN.values(), ids=lambda one: one.name)
def test_what_is_said_of_a_function_of_jmespath_holds(one):
    assert one.doc.endswith(".")
    [(source, scope, value)] = one.examples
    assert one.name in source
    assert compile(source)(scope) == value
    assert (one.least, one.most) == (NATIVE[one.name].least, NATIVE[one.name].most)


def test_every_function_of_jmespath_is_told_and_no_other():
    assert OWN.keys() == NATIVE.keys()
    assert not OWN.keys() & FUNCTIONS.keys()


def test_an_unknown_function_is_answered_with_a_close_one(capsys):
    assert main(["functions", "trimm"]) == 2
    assert capsys.readouterr().err == 'hub: there is no function trimm(), did you mean "trim"?\n'
    assert main(["functions", "sort_bye"]) == 2
    assert 'did you mean "sort_by"?' in capsys.readouterr().err
    assert main(["functions", "qqqq"]) == 2
    assert capsys.readouterr().err == "hub: there is no function qqqq(), `hub functions` lists them\n"


def test_programs_get_json(capsys):
    assert main(["functions", "--json"]) == 0
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert told.keys() == FUNCTIONS.keys() | NATIVE.keys()
    assert told["time"]["most"] == 2
    assert told["concat"]["most"] is None
    assert main(["functions", "e164", "--json"]) == 0
    [one] = json.loads(capsys.readouterr().out)
    assert one["about"] == "codes"
    assert one["examples"][0] == {
        "expression": "e164(x, 'CO')",
        "over": {"x": "(310) 555 0147"},
        "gives": "+573105550147",
    }
