"""Everything that the demo stands on: the local engine with the deployed stack, and the vendors beside it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import urllib3

from hub import keys
from hub.catalog import Catalog
from hub.connector import Request
from hub.demo.vendors.secrets import invented
from hub.engine import Engine, EngineError, free_port
from hub.messages import dumps
from hub.pipeline.outbox import is_pending
from hub.samples.signing import Endpoint
from hub.store import Item
from hub.store.dynamodb import decode, encode
from hub.times import from_epoch

STACK = "cauce"
MORNING = "2026-11-20T05:00:00.000000Z"
SECONDS_TO_SETTLE = 60.0
A_DAY = 86_400.0
SECONDS_OF_CALM = 0.4
"""How long nothing may move before a step of the story counts as over: between two queues it is in none."""


class Stage:
    """`with Stage(root) as stage:` has the stack deployed and the vendors up; nothing of it stays.

    `home`: keeps the engine's and the vendors' state; None forgets it. `faults`: as for the vendors.
    `auth`: enforce the functions' IAM policies. `others`: connector or account -> base URL of a vendor that
    somebody else plays.
    """

    def __init__(
        self,
        root: Path,
        *,
        artifact: Path,
        home: Path | None = None,
        faults: tuple[str, ...] = (),
        auth: bool = False,
        others: Mapping[str, str] | None = None,
    ) -> None:
        self.root = root
        self.artifact = artifact
        self.catalog = Catalog.read(root)
        self.engine = Engine(root / ".venv-engine", home=home, auth=auth)
        self.faults = faults
        self.others = others or {}
        self.vendors_port = free_port()
        self.outputs: dict[str, str] = {}
        self.vendors: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.engine.start()
            self.deploy()
            self.start_vendors()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def _http(self) -> urllib3.PoolManager:
        """Trusts the engine's own certificate, which it has when it enforces policies."""
        trusted = str(self.engine.certificate) if self.engine.auth else None
        timeout = urllib3.Timeout(connect=2, read=30)
        return urllib3.PoolManager(retries=False, timeout=timeout, ca_certs=trusted)

    @property
    def url(self) -> str:
        """Base URL of the hub's API."""
        return self.engine.api(self.outputs)

    @property
    def vendors_url(self) -> str:
        """Base URL of all vendors."""
        return f"http://127.0.0.1:{self.vendors_port}"

    def deploy(self) -> None:
        """Create the stack, tell it its own URL, and set the accounts' secrets."""
        self._update()
        self._update(PublicUrl=self.url)
        self.secrets: dict[str, dict[str, str]] = {}
        self._invent()
        for item in polled_since():
            self.engine.client("dynamodb").put_item(TableName=self.outputs["TableName"], Item=encode(item))

    def redeploy(self) -> None:
        """The stack with the artifact and the files as they are now; its state stays. Raises EngineError."""
        self.catalog = Catalog.read(self.root)
        self._update(PublicUrl=self.url)
        self._invent()

    def _update(self, **parameters: str) -> None:
        given = {"VendorUrl": self.vendors_url, "Stage": "demo", **parameters}
        template = self.root / "template.yaml"
        self.outputs = self.engine.deploy(template, self.artifact, stack=STACK, parameters=given)

    def _invent(self) -> None:
        """Set the secrets of accounts that have none yet."""
        told = invented(self.catalog)
        vault = self.engine.client("secretsmanager")
        for account in told.keys() - self.secrets.keys():
            vault.create_secret(Name=f"{STACK}/{account}", SecretString=json.dumps(told[account]))
        self.secrets = {**told, **self.secrets}

    def start_vendors(self) -> None:
        """Start the vendors with the state that they had."""
        trusted = ["env", f"SSL_CERT_FILE={self.engine.certificate}"] if self.engine.auth else []
        command = [*trusted, sys.executable, "-m", "hub.demo.vendors", "--port", str(self.vendors_port)]
        command += [
            "--hub-url",
            self.url,
            "--root",
            str(self.root),
            "--state",
            str(self.engine.home / "vendors.jsonl"),
        ]
        command += [option for fault in self.faults for option in ("--fault", fault)]
        command += [option for name, url in self.others.items() for option in ("--other", f"{name}={url}")]
        with (self.engine.home / "vendors.log").open("ab") as log:
            self.vendors = subprocess.Popen(
                command,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            await_true(self._vendors_answer, 15.0)
        except TimeoutError:
            said = (self.engine.home / "vendors.log").read_text(errors="replace")[-1_000:]
            raise EngineError(f"the vendors did not start:\n{said}") from None

    def stop_vendors(self, number: int = signal.SIGTERM) -> None:
        """Stop the vendors; SIGKILL is the crash of a test."""
        process, self.vendors = self.vendors, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self) -> None:
        """Stop everything."""
        self.stop_vendors()
        self.engine.close()

    def post(self, connector: str, account: str, file: Path) -> int:
        """Post a sample event, signed as the vendor does; the status of the answer."""
        return posted(self._http, self.catalog, self.url, connector, account, file)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A call to the hub's own API with its key: the JSON of the answer."""
        headers = {"authorization": f"Bearer {self.api_key}", "content-type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        answer = self._http.request(method, self.url + path, body=content, headers=headers)
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} answered {answer.status}")
        return answer.json()

    @property
    def api_key(self) -> str:
        """The key that the template made."""
        secret = self.engine.client("secretsmanager").get_secret_value(SecretId=f"{STACK}/api-key")
        return str(json.loads(secret["SecretString"])["key"])

    def vendor(self, path: str, body: Any = None) -> Any:
        """What the vendors' control pages answer."""
        content = None if body is None else json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        return self._http.request(method, self.vendors_url + path, body=content).json()

    def invoke(self, function: str) -> None:
        """Run poll or sweep now rather than by the clock."""
        name = f"{STACK}-{function}"
        answer = self.engine.client("lambda").invoke(FunctionName=name, Payload=b"{}")
        if "FunctionError" in answer:
            raise RuntimeError(f"{function} failed: see its log")

    def pass_time(self, *lists: str) -> list[Item]:
        """Let all that is on these lists of things to be done have waited long enough; what it was."""
        past = from_epoch(time.time() - 600)
        waiting = [item for item in self.items() if item.agenda in lists]
        for item in waiting:
            # A flow's wait is over by when it began, whatever the list says.
            begun = {"since": from_epoch(time.time() - A_DAY)} if item.kind == "waiting" else {}
            self.engine.client("dynamodb").update_item(
                TableName=self.outputs["TableName"],
                Key={"pk": {"S": item.key.pk}, "sk": {"S": item.key.sk}},
                UpdateExpression="SET #at = :past, #data = :data",
                ExpressionAttributeNames={"#at": "at", "#data": "data"},
                ExpressionAttributeValues={
                    ":past": {"S": past},
                    ":data": {"S": dumps({**item.data, **begun})},
                },
            )
        return waiting

    def settle(self, seconds: float = SECONDS_TO_SETTLE) -> None:
        """Wait until the queues are empty, the outbox is relayed and nothing has moved for a moment."""
        since, last = time.monotonic(), self._moving()

        def settled() -> bool:
            nonlocal since, last
            moving = self._moving()
            if moving != last or any(moving[:-1]):
                since, last = time.monotonic(), moving
            return time.monotonic() - since > SECONDS_OF_CALM

        await_true(settled, seconds)

    def items(self) -> list[Item]:
        """Every item of the table but the rate limits: for tests and the comparison of what is left."""
        pages = self.engine.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.outputs["TableName"], ConsistentRead=True)
        return [decode(image) for page in found for image in page["Items"] if "v" in image]

    def in_dead_letter_queues(self) -> int:
        """Messages that ended as a bug or an outage."""
        return self._waiting("InboundDlqUrl") + self._waiting("OutboundDlqUrl")

    def _moving(self) -> tuple[int, ...]:
        """Messages in either queue, outbox items not relayed yet, webhooks not posted yet; calls so far."""
        pending = sum(item.kind == "outbox" and is_pending(item) for item in self.items())
        waiting = self._waiting("InboundQueueUrl"), self._waiting("OutboundQueueUrl")
        return (*waiting, pending, self.vendor("/_waiting"), len(self.vendor("/_calls")))

    def _waiting(self, queue: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        asked = {"QueueUrl": self.outputs[queue], "AttributeNames": names}
        counts = self.engine.client("sqs").get_queue_attributes(**asked)["Attributes"]
        return sum(int(counts[name]) for name in names)

    def _vendors_answer(self) -> bool:
        try:
            return bool(self._http.request("GET", f"{self.vendors_url}/_calls").status == 200)
        except urllib3.exceptions.HTTPError:
            return False


def signed(catalog: Catalog, url: str, connector: str, account: str, file: Path, now: float) -> Request:
    """The request in which a vendor posts a sample event to the hub at `url`."""
    endpoint = Endpoint.of(catalog.connectors[connector], account)
    sample = json.loads(file.read_text(encoding="utf-8"))
    return endpoint.request(url, sample, invented(catalog)[endpoint.secret], now)


def posted(
    http: urllib3.PoolManager, catalog: Catalog, url: str, connector: str, account: str, file: Path
) -> int:
    """Post a sample event to the hub at `url`, signed as the vendor does; the status of the answer."""
    request = signed(catalog, url, connector, account, file, time.time())
    return int(http.request(request.method, request.url, body=request.body, headers=request.headers).status)


def polled_since() -> list[Item]:
    """The cursors of a hub that has polled since the morning of the story, which lies in the past."""
    return [Item(keys.cursor("odoo.main", "partner"), "cursor", {"since": MORNING, "page": None, "high": ""})]


def await_true(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until it is so. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(0.05)
