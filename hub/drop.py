"""Files that others leave for the hub: a bucket in which what lies under `drop/` is to be done."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple, Protocol, cast

from hub import aws
from hub.errors import HubError
from hub.messages import digest
from hub.reprs import discreet
from hub.times import canonical, from_epoch

WAITING = "drop/"
"""Where files are left: `drop/<connector>.<account>/<resource>/<anything>.csv` or `.jsonl`."""

REPORTS = "reports/"
"""Where the hub says what became of them: the file's name behind `drop/`, and `.report.json`."""

CHUNK = 1024 * 1024
"""Bytes that are asked for at once: no answer stays open while the queue behind is full."""

_OTHER = frozenset({"PreconditionFailed", "NoSuchKey", "404", "412"})


class OtherFileError(HubError):
    """The file is no longer there, or another one lies under its name."""


@discreet("size", "at")
class Left(NamedTuple):
    """A file that was left: `mark` tells it from another of that name, `at` is when it came."""

    name: str
    size: int
    mark: str
    at: str


class Drop(Protocol):
    """What others leave here, and what they are told of it."""

    def files(self) -> Iterator[Left]:
        """What lies under `drop/`, in the order of the names. Raises RetryError."""
        ...

    def read(self, file: Left, start: int, size: int) -> bytes:
        """At most so many bytes from there on. Raises OtherFileError, RetryError."""
        ...

    def report(self, name: str, text: str) -> None:
        """Say what became of a file. Raises RetryError."""
        ...

    def remove(self, file: Left) -> None:
        """Keep a file no longer; another one of its name stays. Raises RetryError."""
        ...


def opened(drop: Drop, file: Left) -> BinaryIO:
    """A file to be read from any byte on."""
    return cast(BinaryIO, io.BufferedReader(_Parts(drop, file), CHUNK))


class _Parts(io.RawIOBase):
    """The bytes of a file, asked for part by part."""

    def __init__(self, drop: Drop, file: Left) -> None:
        self._drop, self._file, self._at = drop, file, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go on at this byte."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as there is something."""
        size = min(len(buffer), self._file.size - self._at)
        part = self._drop.read(self._file, self._at, size) if size > 0 else b""
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


@discreet("at")
@dataclass(slots=True)
class _Held:
    content: bytes
    at: float


class MemoryDrop:
    """Files in this process. `reports`: by name, as texts."""

    def __init__(self) -> None:
        self.held: dict[str, _Held] = {}
        self.reports: dict[str, str] = {}

    def leave(self, name: str, content: bytes, at: float) -> None:
        """What somebody else does."""
        self.held[name] = _Held(content, at)

    def files(self) -> Iterator[Left]:
        """What lies there."""
        found = sorted((name, one) for name, one in self.held.items() if name.startswith(WAITING))
        return (Left(name, len(one.content), _mark(one), from_epoch(one.at)) for name, one in found)

    def read(self, file: Left, start: int, size: int) -> bytes:
        """Some of its bytes."""
        held = self.held.get(file.name)
        if held is None or _mark(held) != file.mark:
            raise OtherFileError
        return held.content[start : start + size]

    def report(self, name: str, text: str) -> None:
        """Say what became of it."""
        self.reports[name] = text

    def remove(self, file: Left) -> None:
        """Keep it no longer, if it is still that one."""
        held = self.held.get(file.name)
        if held is not None and _mark(held) == file.mark:
            del self.held[file.name]


def _mark(held: _Held) -> str:
    return digest(held.content.decode("latin-1"))


class S3Drop(aws.Bucket):
    """A bucket of S3."""

    reason = "drop"

    def files(self) -> Iterator[Left]:
        """What lies there, in pages of 1,000; names that stand for a folder are none."""
        for one in self._listed(WAITING):
            if not one["Key"].endswith("/"):
                yield Left(one["Key"], one["Size"], one["ETag"], canonical(one["LastModified"]))

    def read(self, file: Left, start: int, size: int) -> bytes:
        """Some of its bytes, as long as it is that file."""
        part = f"bytes={start}-{start + size - 1}"
        answer = self._call("get_object", Key=file.name, Range=part, IfMatch=file.mark)
        return bytes(answer["Body"].read())

    def report(self, name: str, text: str) -> None:
        """Say what became of it."""
        self._call("put_object", Key=name, Body=text.encode(), ContentType="application/json")

    def remove(self, file: Left) -> None:
        """Keep it no longer, if it is still that one."""
        try:
            self._call("delete_object", Key=file.name, IfMatch=file.mark)
        except OtherFileError:
            return

    def _refused(self, code: str, arguments: dict[str, Any]) -> Exception | None:
        return OtherFileError() if code in _OTHER else None
