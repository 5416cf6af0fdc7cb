"""Clients of AWS: made one at a time, because boto3 cannot make two at once; then threads share them."""

from collections.abc import Iterator
from functools import cached_property
from threading import Lock
from typing import Any

from hub.errors import RetryError

_MAKING = Lock()


def client(service: str, **options: Any) -> Any:
    """A client that gives a call up after seconds, not the default minutes. `options`: of its Config."""
    import boto3
    from botocore.config import Config

    usual: dict[str, Any] = {"retries": {"mode": "standard", "max_attempts": 4}}
    make: Any = boto3.client
    with _MAKING:
        return make(service, config=Config(connect_timeout=1, read_timeout=3, **{**usual, **options}))


class Bucket:
    """A bucket of S3. `reason`: of a RetryError while it does not answer."""

    reason: str

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    @cached_property
    def _client(self) -> Any:
        return client("s3")

    def _refused(self, code: str, arguments: dict[str, Any]) -> Exception | None:
        """What is raised for an error of S3 that trying again does not mend; None to try again."""
        return None

    def _call(self, operation: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, operation)(Bucket=self.bucket, **arguments)
        except ClientError as error:
            if refused := self._refused(error.response["Error"]["Code"], arguments):
                raise refused from None
            raise RetryError(self.reason) from error
        except BotoCoreError as error:
            raise RetryError(self.reason) from error

    def _listed(self, prefix: str) -> Iterator[dict[str, Any]]:
        """What S3 says of each object whose name starts like this, in pages of 1,000."""
        page: dict[str, str] = {}
        while True:
            answer = self._call("list_objects_v2", Prefix=prefix, **page)
            yield from answer.get("Contents", ())
            if not answer.get("IsTruncated"):
                return
            page = {"ContinuationToken": answer["NextContinuationToken"]}
