"""How far a slow command is."""

import io
import sys

from hub.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_a_count_that_is_gone_at_the_end(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Progress("changes tried") as progress:
        for _ in range(60):
            progress.tick()
    assert sys.stderr.getvalue() == "\r25 changes tried\r50 changes tried\r\033[K"


def test_a_file_sees_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with Progress("changes tried") as progress:
        for _ in range(60):
            progress.tick()
    assert sys.stderr.getvalue() == ""
