"""The story of the demo: what one person does across the channels, in signed webhooks, told twice."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub import keys
from hub.demo.stage import Stage

PERSON = {"email": "lucia.fernandez@correo.example"}
SEED = 20261120


@dataclass(frozen=True, slots=True)
class Chapter:
    """One step. `file`: the sample event; `poll`: a resource to be asked for instead; `edit`: a record that
    the vendor's users changed before."""

    connector: str
    account: str
    say: str
    file: str = ""
    poll: str = ""
    edit: str = ""


def chapters(root: Path) -> list[Chapter]:
    """The story of a project: `events/journey.json`, of an example its own `journey.json`."""
    own = root / "journey.json"
    file = own if own.is_file() else root / "events/journey.json"
    return [Chapter(**step) for step in json.loads(file.read_text(encoding="utf-8"))]


def play(stage: Stage, chapter: Chapter) -> list[dict[str, Any]]:
    """Let one step happen and wait until the hub is at rest; the writes that it tried."""
    before = len(attempts(stage))
    happen(stage, chapter)
    stage.settle()
    return attempts(stage)[before:]


def happen(stage: Stage, chapter: Chapter) -> None:
    """What the step does: edit at the vendor, then the webhook, or the poll."""
    if chapter.edit:
        resource, _, _ = Path(chapter.edit).name.partition(".")
        record = json.loads((stage.root / chapter.edit).read_text(encoding="utf-8"))
        told = {"resource": resource, "record": record, "tell": False}
        stage.vendor(f"/_edit/{chapter.connector}.{chapter.account}", told)
    if chapter.poll:
        stage.invoke("poll")
    else:
        status = stage.post(chapter.connector, chapter.account, stage.root / chapter.file)
        if status != 200:
            raise RuntimeError(f"{chapter.file} was answered with {status}")


def take_up(stage: Stage, rounds: int = 12) -> None:
    """Let the times pass that destinations asked for, and sweep, until nothing is due any more."""
    for _ in range(rounds):
        if not stage.pass_time(keys.DUE):
            return
        stage.invoke("sweep")
        stage.settle()


def an_hour_later(stage: Stage) -> dict[str, str]:
    """Let the flows that wait have waited long enough: flow -> sent, ended or cancelled."""
    waiting = {item.key for item in stage.pass_time(keys.WAITING)}
    stage.invoke("sweep")
    stage.settle()
    return {item.data["flow"]: item.data["state"] for item in stage.items() if item.key in waiting}


def again(stage: Stage, told: list[Chapter], note: Callable[[str], None]) -> None:
    """Everything once more, twice each and in any order: retries and late webhooks of a bad day."""
    shuffled = [*told, *told]
    random.Random(SEED).shuffle(shuffled)
    note(f"{len(shuffled)} deliveries of the same events, shuffled")
    for chapter in shuffled:
        happen(stage, chapter)
    stage.settle()
    take_up(stage)


def attempts(stage: Stage) -> list[dict[str, Any]]:
    """The calls to vendors that meant to change something, in their order."""
    return [call for call in stage.vendor("/_calls") if not _asks(call)]


def writes(stage: Stage) -> list[dict[str, Any]]:
    """Those of them that did."""
    return [call for call in attempts(stage) if 200 <= call["status"] < 300]


def _asks(call: dict[str, Any]) -> bool:
    last = call["path"].rpartition("/")[2]
    told = str(call["facts"].get("call", "")) if isinstance(call["facts"], dict) else ""
    reads = told.rpartition(".")[2] in ("find", "get", "list", "token")
    return reads or call["method"] == "GET" or last in ("search", "search_read", "read")


def left(stage: Stage) -> dict[str, Any]:
    """What the hub holds of people, orders and messages, without what counts attempts and times of work."""
    kept = ("root", "record", "claim", "timeline", "consent")
    items = [item for item in stage.items() if item.kind in kept]
    return {f"{item.key.pk} {item.key.sk}": _lasting(item.data) for item in items}


def _lasting(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "archive"}
