"""hub demo: the whole hub on this machine, on a local AWS engine, with vendors beside it."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hub import artifact
from hub.cli.project import NoProjectError, add_root, project_root
from hub.demo import page, story
from hub.demo.overlay import overlay
from hub.demo.stage import Stage
from hub.engine import EngineError
from hub.errors import HubError

FAULT = "klaviyo.main:2:429"
"""One write of the story meets a rate limit, as writes do."""
HOME = Path("build/demo")
EXAMPLE = Path("examples/latam")
WHOLE = ("template.yaml", "requirements/runtime.txt", "functions")
"""What of a checkout is deployed beside the files that integrators edit."""
Command = Callable[[argparse.Namespace], int]


def add(subparsers: Any) -> None:
    """Add the commands to the parser of `hub`."""
    demo = subparsers.add_parser(
        "demo", help="one person across channels, on a local AWS engine: what comes out"
    )
    demo.add_argument("--auth", action="store_true", help="enforce the functions' IAM policies")
    add_root(demo)
    demo.set_defaults(run=whole(run_demo))


def run_demo(options: argparse.Namespace) -> int:
    """Play the story, then all of it again; 0 when the second time changed nothing."""
    started = time.monotonic()
    root = project_root(options.root)
    with staged(root, auth=options.auth, faults=(FAULT,)) as stage:
        say(f"the stack of template.yaml is up after {time.monotonic() - started:.1f} s: {stage.url}")
        told = story.chapters(root)
        for one in told:
            chapter(stage, one)
        story.take_up(stage)
        _hour(stage)
        _page(stage)
        same = _again(stage, told)
    same = _elsewhere(root, auth=options.auth) and same
    say("", f"{time.monotonic() - started:.1f} s in all. `make dev` leaves it running to be played with.")
    return 0 if same else 1


def staged(
    root: Path,
    *,
    auth: bool = False,
    faults: tuple[str, ...] = (),
    others: Mapping[str, str] | None = None,
) -> Stage:
    """The stage of a project. Raises NoProjectError, and as `built` does."""
    missing = [name for name in WHOLE if not (root / name).exists()]
    if missing:
        raise NoProjectError(f"{root} has no {' and no '.join(missing)}: this runs a whole checkout")
    say("building the artifact of all functions for this machine …")
    return Stage(root, artifact=built(root), auth=auth, faults=faults, others=others)


def built(root: Path, folder: Path | None = None) -> Path:
    """The artifact, built for this machine. Raises FileErrors, BuildError."""
    folder = folder or root / HOME / "artifact"
    folder.parent.mkdir(parents=True, exist_ok=True)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    artifact.build(root, folder, platform=artifact.here(), python=python)
    return folder


def chapter(stage: Stage, told: story.Chapter) -> None:
    """Play a chapter and say what came of it."""
    say("", told.say)
    way = f"{told.connector}.{told.account}"
    say(f"  {way} is asked for what changed" if told.poll else f"  {way} posts {told.file}, signed")
    made = story.play(stage, told)
    say(*map(_call, made))


def _call(call: dict[str, Any]) -> str:
    put_off = "  put off, and sent again later" if call["status"] == 429 else ""
    return f"    → {call['account']}  {call['method']} {call['path']}  {call['status']}{put_off}"


def _hour(stage: Stage) -> None:
    """The reminder of the cart comes due: she has bought meanwhile, in another channel."""
    say("", "An hour after the cart was left, its reminder is due.")
    said = {"cancelled": "cancelled: she has bought meanwhile", "sent": "sent", "ended": "the cart is closed"}
    say(*(f"  flow {flow}: {said[state]}" for flow, state in story.an_hour_later(stage).items()))


def _page(stage: Stage) -> None:
    profile = stage.ask("POST", "/v1/customers/search", story.PERSON)
    _title("One customer")
    say(*page.customer(profile))
    _title("Why is it one person?")
    explained = stage.ask("GET", f"/v1/customers/{profile['id']}/explain")
    say(*page.explanation(explained))
    _title("One journey")
    say(*page.journey(profile))
    _title("Everybody has been told")
    say(*page.calls(story.attempts(stage)))
    say("")
    say(*page.deliveries(profile))


def _elsewhere(root: Path, *, auth: bool) -> bool:
    """The same template for a retailer of Latin America, with accounts, flows and a story of its own."""
    project = overlay(root, root / EXAMPLE, root / HOME / EXAMPLE.name)
    _title("The same hub, other systems")
    say("VTEX sells, Siigo invoices, sales keep HubSpot, marketing Mailchimp and emBlue, WhatsApp thanks.")
    say(f"Accounts, flows and the story are those of {EXAMPLE}. VTEX, Siigo, Mailchimp and emBlue are")
    say("simulated, each by its connector's file.")
    artifact_of = built(project, root / HOME / f"artifact-{EXAMPLE.name}")
    with Stage(project, artifact=artifact_of, auth=auth) as stage:
        told = story.chapters(project)
        for one in told:
            chapter(stage, one)
        story.take_up(stage)
        _title("Everybody has been told, once")
        say(*page.calls(story.attempts(stage)))
        say("")
        say(*page.deliveries(stage.ask("POST", "/v1/customers/search", story.PERSON)))
        return _again(stage, told)


def _again(stage: Stage, told: list[story.Chapter]) -> bool:
    _title("All of it again")
    before, calls = story.left(stage), len(story.writes(stage))
    story.again(stage, told, say)
    moved = sorted(key for key, data in story.left(stage).items() if before.get(key) != data)
    made = len(story.writes(stage)) - calls
    say(f"{len(before)} items in the table, {len(moved)} changed; {made} calls written to vendors")
    say(*moved)
    return not moved and not made


def whole(run: Command, *, ended: int = 130) -> Command:
    """The command, so that however it is ended the engine and the vendors end with it; then it is `ended`.

    A shell starts what runs in its background with SIGINT ignored.
    """

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    def command(options: argparse.Namespace) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
        try:
            return run(options)
        except KeyboardInterrupt:
            say("", "stopped")
            return ended
        except EngineError as error:
            raise HubError(str(error)) from error

    return command


def _title(text: str) -> None:
    say("", text, "=" * len(text))


def say(*lines: str) -> None:
    """Print lines at once, whoever reads them."""
    for line in lines:
        print(line, flush=True)
