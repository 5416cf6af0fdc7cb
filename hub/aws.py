"""Clients of AWS: made one at a time, because boto3 cannot make two at once; then threads share them."""

from threading import Lock
from typing import Any

_MAKING = Lock()


def client(service: str, **options: Any) -> Any:
    """A client that gives a call up after seconds, not the default minutes."""
    import boto3
    from botocore.config import Config

    retries: Any = {"mode": "standard", "max_attempts": 4}
    make: Any = boto3.client
    with _MAKING:
        return make(service, config=Config(connect_timeout=1, read_timeout=3, retries=retries, **options))
