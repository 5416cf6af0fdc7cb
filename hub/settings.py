"""What the stack tells its functions in their environment, read once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Settings:
    """Names and addresses of the stack's parts. Region and endpoints are left to boto3.

    `public_url`: the registered address of the API, over which some vendors sign. `vendor_url`: a
    sandbox that stands for all vendors, "" in production. `pause_all`: no outgoing write of the stage.
    `queues`: whose messages other systems' queues hold, by ARN: an account, or a connector that tells its
    accounts apart by the messages. `bus`: the same of what a rule on a bus lets through.
    """

    stack: str = "cauce"
    table: str = ""
    inbound_url: str = ""
    outbound_url: str = ""
    bucket: str = ""
    public_url: str = ""
    vendor_url: str = ""
    pause_all: bool = False
    log_level: str = "INFO"
    pepper_secret: str = "pepper"  # noqa: S105 - the name of a secret
    api_key_secret: str = "api-key"  # noqa: S105 - the name of a secret
    drop: str = ""
    bus: str = ""
    queues: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """The settings of an environment; what it lacks keeps its default."""
        present = {field: environ[name] for field, name in _NAMES.items() if name in environ}
        queues = dict(pair.split("=", 1) for pair in environ.get("IN_QUEUES", "").split())
        return cls(**present, queues=queues, pause_all=environ.get("PAUSE_OUTGOING", "").lower() == "true")

    @classmethod
    def current(cls) -> Self:
        """The settings of this process."""
        return cls.read(os.environ)


_NAMES = {
    "stack": "STACK",
    "table": "TABLE_NAME",
    "inbound_url": "INBOUND_QUEUE_URL",
    "outbound_url": "OUTBOUND_QUEUE_URL",
    "bucket": "BUCKET_NAME",
    "drop": "DROP_BUCKET",
    "bus": "IN_BUS",
    "public_url": "PUBLIC_URL",
    "vendor_url": "VENDOR_URL",
    "log_level": "LOG_LEVEL",
    "pepper_secret": "PEPPER_SECRET",
    "api_key_secret": "API_KEY_SECRET",
}
