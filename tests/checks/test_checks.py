"""Each mistake that `hub check` knows, as it is shown: `<code>/` is laid over `base/`, and that is printed.

`python tests/checks/test_checks.py` writes the expected texts anew; read the difference before you keep it.
"""

import contextlib
import io
import json
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from hub.checks import check
from hub.cli import main

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/expected.txt"))


def printed(case: str, folder: Path) -> str:
    """What `hub check` says of a case."""
    shutil.copytree(HERE / "base", folder, dirs_exist_ok=True)
    shutil.copytree(HERE / case, folder, dirs_exist_ok=True)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        main(["check", "--root", str(folder)])
    return output.getvalue()


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_shown_with_its_place_and_cure(case, tmp_path):
    expected = (HERE / case / "expected.txt").read_text(encoding="utf-8")
    assert printed(case, tmp_path) == expected
    assert f": {case}: " in expected


def test_the_project_under_the_cases_has_no_mistake(tmp_path):
    shutil.copytree(HERE / "base", tmp_path, dirs_exist_ok=True)
    assert main(["check", "--root", str(tmp_path)]) == 0


def said(capsys, *arguments):
    code = main(["check", *arguments])
    return code, capsys.readouterr().out


@pytest.fixture
def project(tmp_path):
    """A project with two mistakes in a flow, and one in each of two mappings."""
    shutil.copytree(HERE / "base", tmp_path, dirs_exist_ok=True)
    shutil.copytree(HERE / "unknown-value", tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_machines_read_what_people_read(project, capsys):
    code, output = said(capsys, "--json", "--root", str(project))
    assert code == 1
    assert [(one["file"], one["line"], one["column"], one["code"]) for one in json.loads(output)] == [
        ("flows/hello.yaml", 2, 23, "unknown-value"),
        ("flows/hello.yaml", 2, 49, "never-equal"),
        ("mappings/shop.customer.customer.yaml", 3, 70, "unknown-value"),
        ("mappings/shop.customer.yaml", 3, 36, "unknown-value"),
    ]
    assert json.loads(output)[0]["message"] == '"laed" is not one of its values'
    assert json.loads(output)[0]["hint"] == 'did you mean "lead"?'


def test_only_the_findings_of_the_named_files_are_shown(project, capsys, monkeypatch):
    monkeypatch.chdir(project / "flows")
    code, output = said(capsys, "hello.yaml", "mappings/shop.customer.yaml")
    assert code == 1
    assert [
        line.split(":")[0] for line in output.splitlines() if line.startswith(("flows/", "mappings/"))
    ] == [
        "flows/hello.yaml",
        "flows/hello.yaml",
        "mappings/shop.customer.yaml",
    ]
    assert output.endswith("nothing more in these files; 1 elsewhere\n")
    assert said(capsys, "owners.yaml") == (0, "nothing more in these files; 4 elsewhere\n")
    code, output = said(capsys, str(project / "mappings"))
    assert output.endswith("nothing more in these files; 2 elsewhere\n")


def test_a_file_that_is_not_there_is_no_clean_file(project, capsys):
    assert said(capsys, "mappings/shop.custmer.yaml", "--root", str(project))[0] == 2
    assert said(capsys, str(HERE), "--root", str(project))[0] == 2


def test_a_pattern_that_is_none_is_shown_with_its_place(tmp_path, capsys):
    shutil.copytree(HERE / "base", tmp_path, dirs_exist_ok=True)
    with (tmp_path / "entities/customer.yaml").open("a", encoding="utf-8") as file:
        file.write('guards:\n  never: {email: ["(info@.*"]}\n')
    code, output = said(capsys, "--root", str(tmp_path))
    assert code == 1
    assert 'entities/customer.yaml:16:20: bad-value: "email" must be a regular expression' in output


def test_the_shipped_project_has_no_mistake():
    assert check(HERE.parents[1]).errors == ()


if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        with tempfile.TemporaryDirectory() as temporary:
            (HERE / name / "expected.txt").write_text(printed(name, Path(temporary)), encoding="utf-8")
