"""hub import --drop: a file left in the hub's bucket, as others leave theirs, and what became of it."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.cli.api import DEV, ApiError
from hub.cli.project import project_root
from hub.cli.stack import OR_DEV, aws_errors, outputs
from hub.drop import REPORTS, WAITING

ASK_EVERY = 2.0
"""Seconds between two questions what became of it."""


@dataclass(frozen=True, slots=True)
class Yard:
    """The bucket in which files are left: `files` is a client of S3."""

    files: Any
    bucket: str

    def leave(self, path: Path, name: str) -> None:
        """Leave a file below `drop/`. Raises ApiError."""
        try:
            with path.open("rb") as file:
                self.files.upload_fileobj(file, self.bucket, WAITING + name)
        except OSError as error:
            raise ApiError(f"{path} cannot be read") from error

    def waits(self, name: str) -> bool:
        """Whether it still lies there."""
        listed = self.files.list_objects_v2(Bucket=self.bucket, Prefix=WAITING + name)
        return WAITING + name in [one["Key"] for one in listed.get("Contents", ())]

    def report(self, name: str) -> dict[str, Any]:
        """What became of it; nothing yet is empty."""
        try:
            answer = self.files.get_object(Bucket=self.bucket, Key=f"{REPORTS}{name}.report.json")
        except self.files.exceptions.NoSuchKey:
            return {}
        told: dict[str, Any] = json.loads(answer["Body"].read())
        return told


def yard_of(arguments: argparse.Namespace) -> Yard:
    """The bucket of the hub that the arguments name. Raises ApiError."""
    import boto3

    if arguments.dev:
        return _running(project_root(arguments.root) / DEV)
    try:
        with aws_errors(ApiError, OR_DEV):
            return Yard(boto3.client("s3"), outputs(arguments.stack)["DropBucketName"])
    except KeyError:
        raise ApiError(f"{arguments.stack} has no bucket for files: deploy it again") from None


def leave(yard: Yard, path: Path, name: str, *, watch: bool, sleep: Callable[[float], None]) -> int:
    """Leave the file and, if `watch`, say what became of it: 1 where a line or the file was refused.

    Raises ApiError.
    """
    with aws_errors(ApiError):
        before = yard.report(name)
        yard.leave(path, name)
        print(f"left as s3://{yard.bucket}/{WAITING}{name}", file=sys.stderr)
        if not watch:
            return 0
        while yard.waits(name) and (yard.report(name) or before) == before:
            sleep(ASK_EVERY)
        return _said(yard.report(name))


def _said(report: dict[str, Any]) -> int:
    print(
        f"{report['state']}: {report['rows']} rows, {report['sent']} sent on, {report['known']} known already"
    )
    if report["reason"]:
        print(report["reason"], file=sys.stderr)
    parked = [("unreadable", report["unreadable"])]
    parked += [(f"{one['reason']}  {one['place'] or '-'}", one) for one in report["refused"]]
    parked = [(why, one) for why, one in parked if one["count"]]
    for why, one in parked:
        lines = ", ".join(map(str, one["lines"])) + (", …" if one["count"] > len(one["lines"]) else "")
        print(f"  {one['count']} × {why}  line {lines}")
    return 1 if parked or report["reason"] else 0


def _running(file: Path) -> Yard:
    """The bucket of the hub that `hub dev` runs. Raises ApiError."""
    import boto3

    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ApiError("no hub runs here: start it with `make dev`") from error
    make: Any = boto3.client
    own = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    return Yard(make("s3", endpoint_url=told["aws"], **own), told["drop"])
