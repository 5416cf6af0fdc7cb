"""What the commands of this room print: golden files."""

import pytest

from tests.hub.proof.project import PRINTED, cases, printed, project


@pytest.mark.parametrize("case", cases())
def test_a_command_prints_what_is_expected(case, tmp_path):
    assert printed(case, project(tmp_path)) == (PRINTED / f"{case}.txt").read_text(encoding="utf-8")
