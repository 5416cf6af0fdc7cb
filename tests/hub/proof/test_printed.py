"""What the commands of this room print: golden files."""

import pytest

from hub.cli import main
from tests.hub.proof.project import PRINTED, cases, printed, project


@pytest.mark.parametrize("case", cases())
def test_a_command_prints_what_is_expected(case, tmp_path):
    assert printed(case, project(tmp_path)) == (PRINTED / f"{case}.txt").read_text(encoding="utf-8")


def test_a_mistake_in_a_file_comes_before_its_tests(tmp_path, capsys):
    folder = project(tmp_path)
    (folder / "mappings" / "shop.order.yaml").write_text("entity: order\nin: {nmber: id}\n")
    assert main(["test", "--root", str(folder)]) == 1
    assert 'did you mean "number"?' in capsys.readouterr().err


def test_a_test_that_cannot_be_run_is_shown_as_a_mistake(tmp_path, capsys):
    folder = project(tmp_path)
    test = "tests: [{name: one, in: {}}]"
    (folder / "mappings" / "shop.order.yaml").write_text(f"entity: order\nin: {{number: id}}\n{test}\n")
    assert main(["test", "--root", str(folder), "shop.order"]) == 1
    said = capsys.readouterr().out
    assert said.startswith("shop.order  1 test  1 failed\n  mappings/shop.order.yaml:3:9: bad-test")
    assert main(["test", "--root", str(folder), "shop.order", "--json"]) == 1
    assert '"code": "bad-test"' in capsys.readouterr().out
