"""What the tests of one mapping say."""

from dataclasses import dataclass

from hub.documents import Document
from hub.errors import FileError, Place
from hub.mapping import ABSENT, Mapping
from hub.proof.differences import Difference, shown
from hub.proof.examples import Example, examples
from hub.samples import Samples


@dataclass(frozen=True, slots=True)
class Failure:
    """A test that fails, and how what came differs."""

    example: Example
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests of a mapping say. `wrong`: tests that cannot be run as they are written."""

    mapping: Mapping
    examples: tuple[Example, ...]
    failures: tuple[Failure, ...]
    wrong: tuple[FileError, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all of them pass."""
        return not self.failures and not self.wrong

    def lines(self) -> list[str]:
        """What a person reads of what is wrong."""
        document = self.mapping.document
        lines = [line for error in self.wrong for line in error.render().splitlines()]
        for failure in self.failures:
            lines.append(f"{failure.example.name}  ({document.place('tests', failure.example.number)})")
            for one in failure.differences:
                lines += [f"  {line}" for line in _difference(document, one)]
        return lines

    def plain(self) -> dict[str, object]:
        """As JSON; a side of a difference that is left out is not there."""
        document = self.mapping.document
        failed = [
            {
                "name": failure.example.name,
                "place": str(document.place("tests", failure.example.number)),
                "differences": [_plain(document, one) for one in failure.differences],
            }
            for failure in self.failures
        ]
        wrong = [{"place": str(one.place), "code": one.code, "message": one.message} for one in self.wrong]
        return {"tests": len(self.examples), "failed": failed, "wrong": wrong}


def verdict(mapping: Mapping, samples: Samples) -> Verdict:
    """Run the tests of a mapping."""
    found = list(examples(mapping, samples))
    ready = tuple(one for one in found if isinstance(one, Example))
    failures = tuple(
        Failure(one, tuple(differences)) for one in ready if (differences := one.differences(mapping))
    )
    return Verdict(mapping, ready, failures, tuple(one for one in found if isinstance(one, FileError)))


def _difference(document: Document, one: Difference) -> list[str]:
    lines = [one.at, f"  expected  {_said(one, one.expected)}", f"  came      {_said(one, one.came)}"]
    return (
        [*lines, f"  from      {_source(document, one.line)}"]
        if one.line or one.path[0] != "rejected"
        else lines
    )


def _said(one: Difference, value: object) -> str:
    """A value of a difference in words."""
    if one.path[0] in {"expect", "consent"}:
        return shown(value)
    nothing = "understood" if one.path[0] == "drift" else "no rejection"
    reason = f": {one.said}" if one.said and value == one.came else ""
    return nothing if value is ABSENT else f"{value}{reason}"


def _source(document: Document, line: Place | None) -> str:
    return f"{line}  {_text(document, line)}" if line else "no line of the mapping"


def _text(document: Document, line: Place) -> str:
    return document.lines[line.line - 1].strip()


def _plain(document: Document, one: Difference) -> dict[str, object]:
    sides = {"expected": one.expected, "came": one.came}
    known = {name: value for name, value in sides.items() if value is not ABSENT}
    line = {"line": str(one.line), "text": _text(document, one.line)} if one.line else {}
    return {"path": one.at, **known, **line}
