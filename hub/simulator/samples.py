"""What lies in `events/<connector>/` of a project: webhooks, records of a `get`, examples of answers."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.connector import Connector, HttpResponse
from hub.connector.body import answer
from hub.simulator.webhooks import told

SCHEMA = ".schema.json"
ANSWERS, RECORDS = "answers", "records"


@dataclass(frozen=True)
class Samples:
    """`webhooks` by file name; `records`: resource -> what a `get` answered; `answers`: `resource.call` ->
    {status, headers, body}."""

    webhooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, list[Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path, connector: str) -> "Samples":
        """Those of one connector. Raises OSError, ValueError."""
        folder = root / "events" / connector
        files = [path for path in sorted(folder.glob("*.json")) if not path.name.endswith(SCHEMA)]
        loaded = {path.stem: answer(path.read_bytes()) for path in files}
        records: dict[str, list[Any]] = {}
        for path in sorted(folder.glob(f"{RECORDS}/*.json")):
            records.setdefault(path.name.partition(".")[0], []).append(answer(path.read_bytes()))
        answers = {path.stem: answer(path.read_bytes()) for path in sorted(folder.glob(f"{ANSWERS}/*.json"))}
        webhooks = {name: _lowered(one) for name, one in loaded.items() if _is_webhook(one)}
        return cls(webhooks, records, answers)

    def rows(self, connector: Connector, resource: str) -> list[Any]:
        """Records of a resource as its vendor has them: those of a `get`, else those inside of webhooks."""
        get = connector.resources[resource].get
        found = []
        for one in self.records.get(resource, ()):
            inner = get.record(HttpResponse(200, {}, json.dumps(one).encode())) if get else one
            found.append(one if inner is None else inner)
        return found or [deepcopy(row) for row in self._inside(connector, resource)]

    def _inside(self, connector: Connector, resource: str) -> Iterator[Any]:
        for sample in self.webhooks.values():
            for one in told(connector, sample):
                if one.resource == resource and one.record is not None and not one.deleted:
                    yield one.record


def _is_webhook(sample: Any) -> bool:
    return isinstance(sample, dict) and "body" in sample and isinstance(sample.get("headers"), dict)


def _lowered(sample: dict[str, Any]) -> dict[str, Any]:
    headers = {name.lower(): text for name, text in sample["headers"].items()}
    return {**sample, "headers": headers, "query": dict(sample.get("query") or {})}
