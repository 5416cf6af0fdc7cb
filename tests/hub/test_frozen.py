"""What is frozen at run time only for whoever writes code."""

from dataclasses import replace

import pytest
from mypy import api

from hub.frozen import dataclass

WRITTEN = """
from hub.frozen import dataclass

@dataclass(frozen=True, slots=True)
class Point:
    x: int

point = Point(1)
point.x = 2
"""


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0


def test_mypy_refuses_an_assignment_to_a_field(tmp_path):
    (tmp_path / "written.py").write_text(WRITTEN)
    said, _, status = api.run([str(tmp_path / "written.py"), "--cache-dir", str(tmp_path / "cache")])
    assert status == 1
    assert 'Property "x" defined in "Point" is read-only' in said


def test_it_is_equal_hashed_and_replaced_as_a_frozen_dataclass_is():
    assert Point(1, 2) == Point(1, 2) != Point(2, 1)
    assert len({Point(1), Point(1), Point(2)}) == 2
    assert replace(Point(1), y=5) == Point(1, 5)
    with pytest.raises(AttributeError):
        Point(1).z = 3


def test_the_checks_at_run_time_are_left_out():
    point = Point(1)
    point.x = 2
    assert point.x == 2
