"""Texts that are too large or too old for queue and table: raw events and claim checks, in S3."""

import json
from collections.abc import Iterator
from typing import Any, Protocol

from hub import aws
from hub.messages import FORMAT, digest, dumps

LARGEST_MESSAGE = 1_000_000
"""Bytes of a message that travels whole; SQS takes 1,048,576 with its attributes."""


class Archive(Protocol):
    """Texts by name."""

    def put(self, name: str, text: str) -> None:
        """Keep a text, over an earlier one of that name. Raises RetryError."""
        ...

    def get(self, name: str) -> str:
        """The text of a name. Raises KeyError without it, RetryError."""
        ...

    def delete(self, name: str) -> None:
        """Keep a text no longer, if it is there. Raises RetryError."""
        ...

    def names(self, prefix: str) -> Iterator[str]:
        """The names that start like this, in order. Raises RetryError."""
        ...

    def link(self, name: str, seconds: int) -> str:
        """A URL that gives the text to whoever has it, for so long."""
        ...


def pack(archive: Archive, text: str) -> str:
    """The message itself, or a claim check for it when it is too large to travel."""
    if len(text.encode()) <= LARGEST_MESSAGE:
        return text
    name = f"claims/{digest(text)}"
    archive.put(name, text)
    return dumps({"format": FORMAT, "claim": name})


def unpack(archive: Archive, text: str) -> str:
    """The message of a claim check, or the message itself."""
    if not text.startswith('{"claim":'):
        return text
    return archive.get(json.loads(text)["claim"])


class MemoryArchive:
    """An archive in this process."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def put(self, name: str, text: str) -> None:
        """Keep a text."""
        self.texts[name] = text

    def get(self, name: str) -> str:
        """The text of a name."""
        return self.texts[name]

    def delete(self, name: str) -> None:
        """Keep a text no longer."""
        self.texts.pop(name, None)

    def names(self, prefix: str) -> Iterator[str]:
        """The names that start like this."""
        return iter(sorted(name for name in self.texts if name.startswith(prefix)))

    def link(self, name: str, seconds: int) -> str:
        """No URL reaches into this process: the name alone."""
        return f"memory:{name}"


class S3Archive(aws.Bucket):
    """An archive in one bucket, encrypted by S3 (or by the bucket's own key where it names one)."""

    reason = "archive"

    def put(self, name: str, text: str) -> None:
        """Keep a text."""
        self._call("put_object", Key=name, Body=text.encode(), ContentType="application/json")

    def get(self, name: str) -> str:
        """The text of a name."""
        return str(self._call("get_object", Key=name)["Body"].read().decode())

    def delete(self, name: str) -> None:
        """Keep a text no longer; S3 does not mind one that is not there."""
        self._call("delete_object", Key=name)

    def names(self, prefix: str) -> Iterator[str]:
        """The names that start like this, in pages of 1,000."""
        return (str(one["Key"]) for one in self._listed(prefix))

    def link(self, name: str, seconds: int) -> str:
        """A signed URL; it ends earlier when the credentials that signed it do."""
        asked = {"Bucket": self.bucket, "Key": name}
        return str(self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds))

    def _refused(self, code: str, arguments: dict[str, Any]) -> Exception | None:
        return KeyError(arguments["Key"]) if code == "NoSuchKey" else None
