"""A local AWS engine on loopback, without Docker, that runs the built artifact by the same template.

ministack (pinned, in `.venv-engine`) stands for AWS in the demo and in tests. Where it differs from AWS,
AWS is right: tests/engine pins the differences that matter to us.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from hub.artifact import here, zipped

SECONDS_TO_START = 30.0
SECONDS_TO_STOP = 15.0
SECONDS_TO_DEPLOY = 120.0
CODE = "CodeUri: &code build/artifact"
"""The one place of the template that names the artifact."""
SEND = ("Action: sqs:SendMessage,", "Action: [sqs:SendMessage, sqs:SendMessageBatch],")
"""AWS allows a batch by the action for one message; the engine asks for an action that AWS does not know."""


class EngineError(Exception):
    """The engine did not start, or refused the stack: the message holds what it said."""


class Engine:
    """`with Engine() as engine:` starts one and stops it; nothing of it stays.

    `venv`: the environment that ministack is installed in. `home`: a folder that keeps the engine's
    state over `stop` and `start` (not over a SIGKILL: it is written at the end); a temporary one when None.
    `port`: 0 takes a free one. `auth`: enforce the functions' IAM policies, and so that the TLS-only ones
    hold, speak TLS (needs the openssl command). `account`: 12 digits.
    """

    def __init__(
        self,
        venv: Path = Path(".venv-engine"),
        *,
        home: Path | None = None,
        port: int = 0,
        auth: bool = False,
        account: str = "000000000000",
    ) -> None:
        self.venv = venv.absolute()
        self.home = home.absolute() if home else Path(tempfile.mkdtemp(prefix="cauce-engine-"))
        self.keeps = home is not None
        self.port = port or free_port()
        self.auth = auth
        self.account = account
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where all AWS services answer."""
        return f"{'https' if self.auth else 'http'}://127.0.0.1:{self.port}"

    @property
    def certificate(self) -> str | None:
        """The file of the certificate to trust, when it speaks TLS."""
        return str(self.home / "tmp" / "ministack-tls" / "server.crt") if self.auth else None

    @property
    def log(self) -> Path:
        """What the engine itself says."""
        return self.home / "engine.log"

    def start(self) -> None:
        """Start it and wait until it answers. Raises EngineError."""
        program = self.venv / "bin" / "ministack"
        if not program.exists():
            raise EngineError(f"{program} is missing: run `make .venv-engine/installed`")
        for name in ("tmp", "state", "s3"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        self._forget_positions()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(program)],
                env=self._environment(),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._await_ready()

    def stop(self) -> None:
        """Stop it with all functions that it runs; by SIGTERM where it has a state to save."""
        process, self.process = self.process, None
        if process is None:
            return
        if self.keeps:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_STOP)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        """Stop it, and remove what it left behind unless its home was given."""
        self.stop()
        shutil.rmtree(self.home / "tmp" if self.keeps else self.home, ignore_errors=True)

    def client(self, service: str) -> Any:
        """A boto3 client of the engine's owner."""
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test" if self.account == "000000000000" else self.account,
            aws_secret_access_key="test",  # noqa: S106 - the engine's default
            verify=self.certificate,
            config=Config(retries={"mode": "standard", "max_attempts": 4}, s3={"addressing_style": "path"}),
        )

    def deploy(
        self,
        template: Path,
        artifact: Path,
        *,
        stack: str = "cauce",
        parameters: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """Create the stack (or update it) as `sam deploy` does; its outputs. Raises EngineError."""
        given = {
            "Architecture": here(),
            "PythonRuntime": f"python{sys.version_info.major}.{sys.version_info.minor}",
            **(parameters or {}),
        }
        cloud = self.client("cloudformation")
        request = {
            "StackName": stack,
            "TemplateURL": self._packaged(template, artifact),
            "Parameters": [{"ParameterKey": key, "ParameterValue": text} for key, text in given.items()],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        }
        known = {one["StackName"] for one in cloud.describe_stacks()["Stacks"]}
        try:
            (cloud.update_stack if stack in known else cloud.create_stack)(**request)
        except ClientError as error:
            if "No updates" not in str(error):
                raise EngineError(str(error)) from error
        return _outputs(_await_stack(cloud, stack))

    def api(self, outputs: Mapping[str, str]) -> str:
        """Base URL of the stack's HTTP API here, to which `/v1/…` is added."""
        return f"{self.url}/_aws/execute-api/{outputs['ApiId']}/$default"

    def logs(self, stack: str, function: str, since: float = 0.0) -> list[tuple[float, str]]:
        """What a function logged from `since` (Unix seconds) on, in order."""
        group = f"/aws/lambda/{stack}-{function}"
        logs = self.client("logs")
        with contextlib.suppress(logs.exceptions.ResourceNotFoundException):
            pages = logs.get_paginator("filter_log_events")
            found = pages.paginate(logGroupName=group, startTime=int(since * 1000))
            return [(one["timestamp"] / 1000, one["message"]) for page in found for one in page["events"]]
        return []

    def _environment(self) -> dict[str, str]:
        """What the engine sees, and by it the functions: nothing of this process but the search path."""
        folders = {"TMPDIR": "tmp", "STATE_DIR": "state", "S3_DATA_DIR": "s3", "HOME": "tmp"}
        switches = {"AUTH": self.auth, "USE_SSL": self.auth}
        keeps = {"PERSIST_STATE": self.keeps, "S3_PERSIST": self.keeps}
        return {
            "PATH": f"{self.venv / 'bin'}:{os.environ.get('PATH', '')}",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            **{name: str(on).lower() for name, on in switches.items()},
            **{name: str(int(on)) for name, on in keeps.items()},
            **{name: str(self.home / folder) for name, folder in folders.items()},
        }

    def _forget_positions(self) -> None:
        """It keeps how far a stream was read but not the stream, and would skip as many new records."""
        path = self.home / "state" / "lambda.json"
        if path.exists():
            state = json.loads(path.read_text())
            state["payload"].pop("dynamodb_stream_positions", None)
            path.write_text(json.dumps(state))

    def _await_ready(self) -> None:
        for _ in _ticks(SECONDS_TO_START):
            if self.process is None or self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
        raise EngineError(f"the engine did not start:\n{self.log.read_text(errors='replace')[-2000:]}")

    def _packaged(self, template: Path, artifact: Path) -> str:
        """Where the template lies that names the artifact's place in S3: as `sam deploy` puts it there."""
        code = zipped(artifact)
        files = self.client("s3")
        files.create_bucket(Bucket="artifacts")
        key = f"{hashlib.sha256(code).hexdigest()}.zip"
        files.put_object(Bucket="artifacts", Key=key, Body=code)
        text = template.read_text(encoding="utf-8")
        if text.count(CODE) != 1:
            raise EngineError(f"{template} does not say `{CODE}` once")
        text = text.replace(CODE, f"CodeUri: &code s3://artifacts/{key}")
        text = text.replace(*SEND) if self.auth else text
        name = f"{hashlib.sha256(text.encode()).hexdigest()}.yaml"
        files.put_object(Bucket="artifacts", Key=name, Body=text.encode())
        return f"{self.url}/artifacts/{name}"


def _await_stack(cloud: Any, stack: str) -> Any:
    for _ in _ticks(SECONDS_TO_DEPLOY):
        found = cloud.describe_stacks(StackName=stack)["Stacks"][0]
        if found["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return found
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            raise EngineError("\n".join(_failures(cloud, stack)))
    raise EngineError("the stack takes too long")


def _failures(cloud: Any, stack: str) -> Iterator[str]:
    for event in cloud.describe_stack_events(StackName=stack)["StackEvents"]:
        if event["ResourceStatus"].endswith("FAILED"):
            yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"


def _outputs(stack: Any) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())}


def _ticks(seconds: float) -> Iterator[None]:
    """One every 50 ms, until the seconds are over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield None
        time.sleep(0.05)


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
