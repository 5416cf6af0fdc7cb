"""hub demo and hub dev: the whole hub on this machine, on a local AWS engine, with vendors beside it."""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from hub import artifact
from hub.cli.api import DEV
from hub.cli.project import add_root, project_root
from hub.demo import page, story
from hub.demo.stage import STACK, Stage
from hub.demo.vendors.secrets import ACCOUNTS, secrets_of
from hub.engine import EngineError
from hub.errors import HubError

FAULT = "klaviyo.main:2:429"
"""One write of the story meets a rate limit, as writes do."""
FUNCTIONS = ("receive", "unify", "route", "deliver", "poll", "sweep", "erase", "api")
HOME = Path("build/demo")
OWN = ("timestamp", "level", "message", "service", "step", "request", "xray_trace_id")
"""What a log line holds beside its facts."""
PLATFORM = ("START ", "END ", "REPORT ", '{"_aws"')
"""How the lines begin that Lambda writes itself, and those that only count."""
MEMORY = 60.0
"""Seconds that a function's lines are looked for: they come late, and not in order."""


def add(subparsers: Any) -> None:
    """Add the commands to the parser of `hub`."""
    demo = subparsers.add_parser(
        "demo", help="one person across channels, on a local AWS engine: what comes out"
    )
    demo.add_argument("--auth", action="store_true", help="enforce the functions' IAM policies")
    add_root(demo)
    demo.set_defaults(run=_whole(run_demo))
    dev = subparsers.add_parser("dev", help="the same, left running to be played with; Ctrl-C ends it")
    dev.add_argument("--story", action="store_true", help="play the story first")
    add_root(dev)
    dev.set_defaults(run=_whole(run_dev))


def run_demo(options: argparse.Namespace) -> int:
    """Play the story, then all of it again; 0 when the second time changed nothing."""
    started = time.monotonic()
    root = project_root(options.root)
    with _staged(root, auth=options.auth) as stage:
        _say(f"the stack of template.yaml is up after {time.monotonic() - started:.1f} s: {stage.url}")
        told = story.chapters(root)
        for chapter in told:
            _chapter(stage, chapter)
        story.take_up(stage)
        _hour(stage)
        _page(stage)
        same = _again(stage, told)
    _say("", f"{time.monotonic() - started:.1f} s in all. `make dev` leaves it running to be played with.")
    return 0 if same else 1


def run_dev(options: argparse.Namespace) -> int:
    """Leave it running, with the functions' logs on the screen."""
    root = project_root(options.root)
    with _staged(root, faults=()) as stage:
        secrets = {account: secrets_of(account) for account in ACCOUNTS}
        file = root / HOME / "secrets.json"
        file.write_text(json.dumps(secrets, indent=2), encoding="utf-8")
        where = root / DEV
        where.write_text(json.dumps({"url": stage.url, "key": stage.api_key}), encoding="utf-8")
        if options.story:
            for chapter in story.chapters(root):
                _chapter(stage, chapter)
        _say("", *_pages(stage, file.relative_to(root)), "The functions' logs follow; Ctrl-C ends it.", "")
        try:
            _follow(stage)
        finally:
            where.unlink(missing_ok=True)
    return 0


def _pages(stage: Stage, secrets: Path) -> Iterator[str]:
    """What can be asked and told, as commands for a shell: the address holds a `$`."""
    hub = os.path.relpath(Path(sys.executable).with_name("hub"))
    yield f"webhooks   '{stage.url}/v1/webhooks/<connector>/<account>'"
    yield f"           {hub} send shopify events/shopify/customer.json --url '{stage.url}'"
    yield f"customers  curl -H 'authorization: Bearer {stage.api_key}' '{stage.url}/v1/customers/search' \\"
    yield f"             -d '{json.dumps(story.PERSON)}'"
    yield f"           {hub} customers explain --dev --email {story.PERSON['email']}"
    yield f"vendors    curl {stage.vendors_url}/_calls   and   {stage.vendors_url}/_state"
    yield f"AWS        {stage.engine.url}"
    yield f"secrets    {secrets}"


def _staged(root: Path, *, auth: bool = False, faults: tuple[str, ...] = (FAULT,)) -> Stage:
    built = root / HOME / "artifact"
    built.parent.mkdir(parents=True, exist_ok=True)
    _say("building the artifact of all functions for this machine …")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    artifact.build(root, built, platform=artifact.here(), python=python)
    return Stage(root, artifact=built, auth=auth, faults=faults)


def _chapter(stage: Stage, chapter: story.Chapter) -> None:
    _say("", chapter.say)
    way = f"{chapter.connector}.{chapter.account}"
    _say(f"  {way} is asked for what changed" if chapter.poll else f"  {way} posts {chapter.file}, signed")
    made = story.play(stage, chapter)
    _say(*map(_call, made))


def _call(call: dict[str, Any]) -> str:
    put_off = "  put off, and sent again later" if call["status"] == 429 else ""
    return f"    → {call['account']}  {call['method']} {call['path']}  {call['status']}{put_off}"


def _hour(stage: Stage) -> None:
    """The reminder of the cart comes due: she has bought meanwhile, in another channel."""
    _say("", "An hour after the cart was left, its reminder is due.")
    said = {"cancelled": "cancelled: she has bought meanwhile", "sent": "sent", "ended": "the cart is closed"}
    _say(*(f"  flow {flow}: {said[state]}" for flow, state in story.an_hour_later(stage).items()))


def _page(stage: Stage) -> None:
    profile = stage.ask("POST", "/v1/customers/search", story.PERSON)
    _title("One customer")
    _say(*page.customer(profile))
    _title("Why is it one person?")
    explained = stage.ask("GET", f"/v1/customers/{profile['id']}/explain")
    _say(*page.explanation(explained))
    _title("One journey")
    _say(*page.journey(profile))
    _title("Everybody has been told")
    _say(*page.calls(story.attempts(stage)))
    _say("")
    _say(*page.deliveries(profile))


def _again(stage: Stage, told: list[story.Chapter]) -> bool:
    _title("All of it again")
    before, calls = story.left(stage), len(story.writes(stage))
    story.again(stage, told, _say)
    moved = sorted(key for key, data in story.left(stage).items() if before.get(key) != data)
    made = len(story.writes(stage)) - calls
    _say(f"{len(before)} items in the table, {len(moved)} changed; {made} calls written to vendors")
    _say(*moved)
    return not moved and not made


def _follow(stage: Stage) -> None:
    """Print what the functions say, until somebody ends it."""
    shown: set[tuple[float, str, str]] = set()
    while True:
        new = {line for line in _logged(stage, time.time() - MEMORY) if line not in shown}
        _say(*(text for line in sorted(new) if (text := _line(*line))))
        shown = {line for line in shown | new if line[0] > time.time() - 2 * MEMORY}
        time.sleep(0.5)


def _logged(stage: Stage, since: float) -> Iterator[tuple[float, str, str]]:
    for function in FUNCTIONS:
        for at, text in stage.engine.logs(STACK, function, since):
            yield at, function, text.rstrip()


def _line(at: float, function: str, text: str) -> str:
    """A log line as people read it: time (UTC), function, result and facts; "" for one of the platform's."""
    if text.startswith(PLATFORM):
        return ""
    clock = time.strftime("%H:%M:%S", time.gmtime(at))
    try:
        told = json.loads(text)
        facts = [f"{name}={value}" for name, value in told.items() if name not in OWN]
        return "  ".join([clock, f"{function:8}", told["message"], *facts])
    except (ValueError, TypeError, KeyError, AttributeError):
        return "  ".join([clock, f"{function:8}", text])


def _whole(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """The command, so that however it is ended the engine and the vendors end with it.

    A shell starts what runs in its background with SIGINT ignored.
    """

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    def whole(options: argparse.Namespace) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, ended)
        try:
            return run(options)
        except KeyboardInterrupt:
            _say("", "stopped")
            return 0 if run is run_dev else 130
        except EngineError as error:
            raise HubError(str(error)) from error

    return whole


def _title(text: str) -> None:
    _say("", text, "=" * len(text))


def _say(*lines: str) -> None:
    _print(lines)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
