"""Credentials: one secret per account, with the one before it while it is being rotated."""

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

from hub import aws
from hub.errors import RetryError

KEPT_SECONDS = 300.0
REFRESH_SECONDS = 60.0
"""A wrong signature may ask for fresh secrets this often, so that an attacker cannot spend our quota."""


class Secrets(Protocol):
    """Secrets by the name of an account (`shopify.co`) or of an app (`shopify`)."""

    def get(self, name: str) -> list[dict[str, str]]:
        """The current secret, then the previous one; empty when there is none. Raises RetryError."""
        ...

    def refresh(self, name: str) -> None:
        """Forget what is cached, at most once a minute."""
        ...

    def put(self, name: str, values: dict[str, str]) -> None:
        """Make these the current values; those before stay good as the previous ones. Raises RetryError."""
        ...


class MemorySecrets:
    """Secrets in this process: name -> current and previous values."""

    def __init__(self, held: dict[str, list[dict[str, str]]] | None = None) -> None:
        self.held = held or {}
        self.refreshed: list[str] = []

    def get(self, name: str) -> list[dict[str, str]]:
        """The current secret, then the previous one."""
        return self.held.get(name, [])

    def refresh(self, name: str) -> None:
        """Note that fresh secrets were asked for."""
        self.refreshed.append(name)

    def put(self, name: str, values: dict[str, str]) -> None:
        """Make these the current values."""
        self.held[name] = [dict(values), *self.held.get(name, [])[:1]]


class AwsSecrets:
    """The secrets `<stack>/<name>` of Secrets Manager, cached for five minutes by the given clock."""

    def __init__(self, stack: str, clock: Callable[[], float]) -> None:
        self.stack = stack
        self.clock = clock
        self._cache: dict[str, tuple[float, list[dict[str, str]]]] = {}
        self._refreshed: dict[str, float] = {}

    def get(self, name: str) -> list[dict[str, str]]:
        """The current secret, then the previous one."""
        read_at, held = self._cache.get(name, (float("-inf"), []))
        if self.clock() - read_at < KEPT_SECONDS:
            return held
        stages = (self._read(name, stage) for stage in ("AWSCURRENT", "AWSPREVIOUS"))
        held = [values for values in stages if values is not None]
        self._cache[name] = (self.clock(), held)
        return held

    def refresh(self, name: str) -> None:
        """Forget what is cached, at most once a minute."""
        if self.clock() - self._refreshed.get(name, float("-inf")) < REFRESH_SECONDS:
            return
        self._refreshed[name] = self.clock()
        self._cache.pop(name, None)

    def put(self, name: str, values: dict[str, str]) -> None:
        """Make these the current values; Secrets Manager keeps the ones before as AWSPREVIOUS."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.put_secret_value(SecretId=f"{self.stack}/{name}", SecretString=json.dumps(values))
        except (BotoCoreError, ClientError) as error:
            raise RetryError("secrets") from error
        self._cache.pop(name, None)

    @cached_property
    def _client(self) -> Any:
        return aws.client("secretsmanager")

    def _read(self, name: str, stage: str) -> dict[str, str] | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.get_secret_value(SecretId=f"{self.stack}/{name}", VersionStage=stage)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise RetryError("secrets") from error
        except BotoCoreError as error:
            raise RetryError("secrets") from error
        return {key: str(value) for key, value in json.loads(answer["SecretString"]).items()}
