"""Each mistake that `hub check` knows, as it is shown: `<code>/` is laid over `base/`, and that is printed.

`python tests/checks/test_checks.py` writes the expected texts anew; read the difference before you keep it.
"""

import contextlib
import io
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

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


if __name__ == "__main__":
    for name in sys.argv[1:] or CASES:
        with tempfile.TemporaryDirectory() as temporary:
            (HERE / name / "expected.txt").write_text(printed(name, Path(temporary)), encoding="utf-8")
