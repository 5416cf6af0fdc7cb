"""Everything that the demo stands on: the local engine with the deployed stack, and the vendors beside it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import urllib3
from hub.demo.vendors.secrets import ACCOUNTS, secrets_of
from hub.engine import Engine

from hub.catalog import Catalog
from hub.connector import Request

STACK = "cauce"
SECONDS_TO_SETTLE = 60.0
SECONDS_OF_CALM = 0.4
"""How long nothing may move before a step of the story counts as over: webhooks of vendors come late."""


class Stage:
    """`with Stage(root) as stage:` has the stack deployed and the vendors up; nothing of it stays.

    `home`: keeps the engine's and the vendors' state; None forgets it. `faults`: as for the vendors.
    `auth`: enforce the functions' IAM policies.
    """

    def __init__(
        self,
        root: Path,
        *,
        artifact: Path,
        home: Path | None = None,
        faults: tuple[str, ...] = (),
        auth: bool = False,
    ) -> None:
        self.root = root
        self.artifact = artifact
        self.catalog = Catalog.read(root)
        self.engine = Engine(root / ".venv-engine", home=home, auth=auth)
        self.faults = faults
        self.vendors_port = free_port()
        self.outputs: dict[str, str] = {}
        self.vendors: subprocess.Popen[bytes] | None = None
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=2, read=30))

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
        parameters = {"VendorUrl": self.vendors_url, "Stage": "demo"}
        template = self.root / "template.yaml"
        self.outputs = self.engine.deploy(template, self.artifact, stack=STACK, parameters=parameters)
        parameters["PublicUrl"] = self.url
        self.outputs = self.engine.deploy(template, self.artifact, stack=STACK, parameters=parameters)
        secrets = self.engine.client("secretsmanager")
        for account in ACCOUNTS:
            text = json.dumps(secrets_of(account))
            secrets.create_secret(Name=f"{STACK}/{account}", SecretString=text)

    def start_vendors(self) -> None:
        """Start the vendors with the state that they had."""
        command = [sys.executable, "-m", "hub.demo.vendors", "--port", str(self.vendors_port)]
        command += [
            "--hub-url",
            self.url,
            "--root",
            str(self.root),
            "--state",
            str(self.engine.home / "vendors.jsonl"),
        ]
        command += [option for fault in self.faults for option in ("--fault", fault)]
        with (self.engine.home / "vendors.log").open("ab") as log:
            self.vendors = subprocess.Popen(
                command,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await_true(self._vendors_answer, 15.0)

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
        """Sign a sample event as the vendor does and post it to its URL; the status of the answer."""
        sample = json.loads(file.read_text(encoding="utf-8"))
        secrets = {**secrets_of(connector), **secrets_of(f"{connector}.{account}")}
        found = self.catalog.connectors[connector]
        path = f"/v1/webhooks/{connector}" + ("" if found.shared else f"/{account}")
        body = json.dumps(sample["body"], ensure_ascii=False, separators=(",", ":")).encode()
        headers = {name.lower(): value for name, value in sample.get("headers", {}).items()}
        headers.setdefault("content-type", "application/json")
        request = Request("POST", self.url + path, {}, headers, body)
        signed = {**headers, **found.sign(request, secrets, time.time())}
        return int(self._http.request("POST", request.url, body=body, headers=signed).status)

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

    def calls(self) -> list[dict[str, Any]]:
        """The calls that the vendors got and that wrote something."""
        found: list[dict[str, Any]] = self.vendor("/_calls")
        return [call for call in found if call["facts"].get("wrote")]

    def invoke(self, function: str) -> None:
        """Run poll or sweep now rather than by the clock."""
        name = f"{STACK}-{function}"
        answer = self.engine.client("lambda").invoke(FunctionName=name, Payload=b"{}")
        if "FunctionError" in answer:
            raise RuntimeError(f"{function} failed: see its log")

    def settle(self) -> None:
        """Wait until the queues are empty, the outbox is relayed and nothing has moved for a moment."""
        calm = [time.monotonic(), None]

        def settled() -> bool:
            now, moving = time.monotonic(), self._moving()
            if moving != calm[1] or moving[:3] != (0, 0, 0):
                calm[:] = [now, moving]
            return bool(now - calm[0] > SECONDS_OF_CALM)

        await_true(settled, SECONDS_TO_SETTLE)

    def table(self) -> list[dict[str, Any]]:
        """Every item of the table, for tests and for the comparison of what is left."""
        client = self.engine.client("dynamodb")
        pages = client.get_paginator("scan").paginate(
            TableName=self.outputs["TableName"], ConsistentRead=True
        )
        return [item for page in pages for item in page["Items"]]

    def _moving(self) -> tuple[int, int, int, int]:
        queues = self.engine.client("sqs")
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        waiting = [
            sum(
                int(count)
                for count in queues.get_queue_attributes(QueueUrl=self.outputs[url], AttributeNames=names)[
                    "Attributes"
                ].values()
            )
            for url in ("InboundQueueUrl", "OutboundQueueUrl")
        ]
        pending = self.engine.client("dynamodb").query(
            TableName=self.outputs["TableName"],
            IndexName="todo",
            KeyConditionExpression="todo = :todo",
            ExpressionAttributeValues={":todo": {"S": "pending"}},
            Select="COUNT",
        )["Count"]
        return (*waiting, pending, len(self.vendor("/_calls")))  # type: ignore[return-value]

    def _vendors_answer(self) -> bool:
        try:
            return bool(self._http.request("GET", f"{self.vendors_url}/_calls").status == 200)
        except urllib3.exceptions.HTTPError:
            return False


def await_true(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until it is so. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(0.05)


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
