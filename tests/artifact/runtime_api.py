"""AWS Lambda's Runtime API on loopback, for AWS's own runtime client: one function, started as Lambda does.

The local engine hides missing packages and errors at start; this does not.
"""

import contextlib
import json
import os
import queue
import subprocess
import tempfile
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PREFIX = "/2018-06-01/runtime/"
SECONDS_TO_START = 20


class FunctionError(Exception):
    """What a function answered instead of a result: `type` is the name of the exception."""

    def __init__(self, type_, message):
        super().__init__(f"{type_}: {message}")
        self.type = type_


class Function:
    """`with Function(python, folder, "functions.receive.handler") as function: function.invoke(event)`.

    `python`: an interpreter with awslambdaric and boto3 and nothing else. `timeout`: seconds, then the
    process is killed and the next event finds a new one.
    """

    def __init__(self, python, folder, handler, environment=None, timeout=10.0):
        self.command = [str(python), "-m", "awslambdaric", handler]
        self.folder = Path(folder)
        self.environment = environment or {}
        self.timeout = timeout
        self.answers = queue.Queue()

    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.output = tempfile.TemporaryFile()
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._kill()
        self.server.shutdown()
        self.server.server_close()
        self.output.close()

    def start(self):
        """Start the process and wait until it asks for its first event; raise FunctionError if it cannot."""
        self.asked, self.events = threading.Event(), queue.Queue()
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, env=self._environment(), stdout=self.output, stderr=self.output
        )
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.asked.wait(0.01):
            self._raise_unless_running(deadline)

    def invoke(self, event):
        """The function's answer. Raises FunctionError with what it raised, or Sandbox.Timedout."""
        if self.process.poll() is not None:
            self.start()
        self.events.put((str(uuid.uuid4()), event))
        deadline = time.monotonic() + self.timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                return self._answer(0.1)
            if self.process.poll() is not None:
                raise FunctionError("Runtime.ExitError", self.log())
        self._kill()
        raise FunctionError("Sandbox.Timedout", f"no answer in {self.timeout} seconds")

    def log(self):
        """What the process printed."""
        self.output.seek(0)
        return self.output.read().decode(errors="replace")

    def _answer(self, timeout):
        failed, body = self.answers.get(timeout=timeout)
        if failed:
            raise FunctionError(body.get("errorType"), body.get("errorMessage"))
        return body

    def _raise_unless_running(self, deadline):
        ended = self.process.poll() is not None
        if not self.answers.empty():
            self._answer(0)
        if ended or time.monotonic() > deadline:
            raise FunctionError("Runtime.ExitError", self.log())

    def _kill(self):
        self.process.kill()
        self.process.wait()
        self.events.put((None, None))  # whoever waits for an event in its name

    def _environment(self):
        return {
            "PATH": os.environ["PATH"],
            "LAMBDA_TASK_ROOT": str(self.folder),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "function",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.environment,
        }


def _handler(function):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            function.asked.set()
            request_id, event = function.events.get()
            if request_id is None:
                return
            arn = "arn:aws:lambda:us-east-1:000000000000:function:function"
            self._send(
                200,
                event,
                {
                    "Lambda-Runtime-Aws-Request-Id": request_id,
                    "Lambda-Runtime-Deadline-Ms": str(int((time.time() + function.timeout) * 1000)),
                    "Lambda-Runtime-Invoked-Function-Arn": arn,
                    "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
                },
            )

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
            function.answers.put((self.path.removeprefix(PREFIX).endswith("error"), body))
            self._send(202, {"status": "OK"}, {})

        def _send(self, status, body, headers):
            data = json.dumps(body).encode()
            self.send_response(status)
            # Without a content type the client crashes.
            always = {"Content-Type": "application/json", "Content-Length": str(len(data))}
            for name, value in {**headers, **always}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(BrokenPipeError):
                self.wfile.write(data)

        def log_message(self, *_):
            """The tests' own output stays readable."""

    return Handler
