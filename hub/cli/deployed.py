"""What a deployed stack runs, and what came in there: its functions' files and its archive of raw events."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

from hub.catalog import Catalog
from hub.cli.stack import aws_errors
from hub.errors import HubError
from hub.messages import Event
from hub.plan.baseline import artifact
from hub.plan.recordings import Recorded, Recordings, add

Result = TypeVar("Result")

RAW = "raw/"
"""Prefix of raw events in the archive: `raw/<date>/<digest>.jsonl`, as unify puts them."""

AT_ONCE = 16
"""Objects that are read at the same time."""

SECONDS = 30.0


class DeployedError(HubError):
    """The stack cannot be asked: the message says why."""


class Deployed:
    """One stack, asked with the environment's AWS credentials, region and endpoint. Nothing is written."""

    def __init__(self, stack: str) -> None:
        self.stack = stack

    def catalog(self) -> Catalog:
        """The files that the functions run. Raises DeployedError, BaselineError."""
        return artifact(_downloaded(_asked(self._location)))

    def events(self, most: int) -> Recordings:
        """The last `most` events of the archive, oldest first; one that came several times is there once."""
        lines = _asked(lambda: list(islice(self._lines(), 2 * most)))
        found = Recordings()
        for name, number, line in reversed(lines):
            add(found, f"{name}:{number}", line)
        found.events = _once(found.events)[-most:] if most else []
        return found

    def _location(self) -> str:
        answer = _client("lambda").get_function(FunctionName=f"{self.stack}-receive")
        return str(answer["Code"]["Location"])

    def _lines(self) -> Iterator[tuple[str, int, str]]:
        """Name, number and text of each archived line, the newest first."""
        bucket, storage = self._bucket(), _client("s3")
        days = storage.list_objects_v2(Bucket=bucket, Prefix=RAW, Delimiter="/").get("CommonPrefixes", ())
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for day in sorted((one["Prefix"] for one in days), reverse=True):
                names = _listed(storage, bucket, day)
                for start in range(0, len(names), 4 * AT_ONCE):
                    some = names[start : start + 4 * AT_ONCE]
                    texts = pool.map(lambda name: _text(storage, bucket, name), some)
                    for name, text in zip(some, texts, strict=True):
                        yield from reversed([(name, at, line) for at, line in enumerate(text.split("\n"), 1)])

    def _bucket(self) -> str:
        found = _client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
        if "BucketName" not in outputs:
            raise DeployedError(f"{self.stack} is no stack of this hub: it names no BucketName")
        return str(outputs["BucketName"])


def _once(events: Sequence[Recorded]) -> list[Recorded]:
    """Each event once: as it was fetched, where it was, else as it came last."""
    found: dict[str, Recorded] = {}
    for one in events:
        if isinstance(one.told, Event):
            known = found.pop(one.told.key, None)
            thin = one.told.record is None and known is not None
            found[one.told.key] = known if thin and known else one
    return list(found.values())


def _listed(storage: Any, bucket: str, day: str) -> list[str]:
    """The objects of a day, the last written first."""
    pages = storage.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=day)
    found = [(one["LastModified"], one["Key"]) for page in pages for one in page.get("Contents", ())]
    return [name for _, name in sorted(found, reverse=True)]


def _text(storage: Any, bucket: str, name: str) -> str:
    return str(storage.get_object(Bucket=bucket, Key=name)["Body"].read().decode("utf-8", "replace"))


def _downloaded(url: str) -> bytes:
    """The code of a function from the address that AWS signed for it. Raises DeployedError."""
    import urllib3

    try:
        answer = urllib3.PoolManager(timeout=SECONDS, retries=2).request("GET", url)
    except urllib3.exceptions.HTTPError:
        raise DeployedError("the code of the deployed function cannot be downloaded") from None
    if answer.status != 200:
        raise DeployedError(f"the code of the deployed function cannot be downloaded: status {answer.status}")
    return answer.data


def _client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    make: Any = boto3.client
    return make(service, config=Config(max_pool_connections=AT_ONCE, retries={"mode": "standard"}))


def _asked(question: Callable[[], Result]) -> Result:
    """The answer of AWS. Raises DeployedError with what it says."""
    with aws_errors(DeployedError):
        return question()
