"""hub dev: the whole hub on this machine, left running, and deployed again when its files change."""

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.artifact import BuildError
from hub.cli.api import DEV
from hub.cli.demo import HOME, built, chapter, say, staged, whole
from hub.cli.project import NoProjectError, add_root, project_root
from hub.demo import story
from hub.demo.stage import STACK, Stage
from hub.engine import EngineError
from hub.errors import FileErrors

DESCRIPTION = """\
Run the whole hub on this machine: the stack of template.yaml on a local AWS engine, with vendors beside it
that take and tell what the real ones do. It begins empty and forgets everything at the end (Ctrl-C).

When connectors, mappings, flows, entities, accounts or code change, they are checked and deployed again;
what the hub holds stays. Files with mistakes are shown and not deployed.

  hub dev
      then, elsewhere: hub send shopify events/shopify/customer.json --dev
      and every command that takes --dev
  hub dev --story
      play the story of `hub demo` first
  hub dev --vendor factura=http://127.0.0.1:9000
      calls to factura's accounts go to a server of your own; those to vendors that are
      neither shipped nor named are answered with 404

Each account of accounts.yaml has invented secrets (build/demo/secrets.json), by which `hub send --dev`
signs."""

FUNCTIONS = ("receive", "listen", "unify", "route", "deliver", "load", "poll", "sweep", "erase", "api")
WATCHED = ("connectors", "mappings", "flows", "entities", "functions", "hub")
"""Folders of what is deployed."""
ALONE = ("accounts.yaml", "owners.yaml", "template.yaml")
OWN = ("timestamp", "level", "message", "service", "step", "request", "xray_trace_id")
"""What a log line holds beside its facts."""
PLATFORM = ("START ", "END ", "REPORT ", '{"_aws"')
"""How the lines begin that Lambda writes itself, and those that only count."""
MEMORY = 60.0
"""Seconds that a function's lines are looked for: they come late, and not in order."""
Files = dict[Path, tuple[int, int]]
"""Size and time of each file."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "dev",
        help="the whole hub on this machine, left running and deployed again when its files change",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--story", action="store_true", help="play the story of `hub demo` first")
    parser.add_argument(
        "--vendor",
        action="append",
        default=[],
        metavar="NAME=URL",
        help="a connector or account that a server of your own plays; again for each",
    )
    add_root(parser)
    parser.set_defaults(run=whole(run_dev, ended=0))


def run_dev(options: argparse.Namespace) -> int:
    """Leave it running, with the functions' logs on the screen."""
    root = project_root(options.root)
    with staged(root, others=dict(map(_other, options.vendor))) as stage:
        file, where = root / HOME / "secrets.json", root / DEV
        _note(stage, file)
        where.write_text(json.dumps(_told(stage)), encoding="utf-8")
        if options.story:
            for told in story.chapters(root):
                chapter(stage, told)
        say("", *pages(stage, file.relative_to(root)))
        say("The functions' logs follow. Changed files are deployed; Ctrl-C ends it.", "")
        try:
            _follow(stage, file)
        finally:
            say("", "stopping …")
            where.unlink(missing_ok=True)
    return 0


def _told(stage: Stage) -> dict[str, str]:
    """Where the hub is, for commands that take `--dev`."""
    drop = stage.outputs["DropBucketName"]
    return {"url": stage.url, "key": stage.api_key, "aws": stage.engine.url, "drop": drop}


def _other(text: str) -> tuple[str, str]:
    name, _, url = text.partition("=")
    if not name or not url.startswith(("http://127.0.0.1", "http://localhost")):
        raise NoProjectError(f"--vendor {text}: say NAME=http://127.0.0.1:PORT")
    return name, url


def _note(stage: Stage, file: Path) -> None:
    file.write_text(json.dumps(stage.secrets, indent=2), encoding="utf-8")


def pages(stage: Stage, secrets: Path) -> Iterator[str]:
    """What can be asked and told, as commands for a shell: the address holds a `$`."""
    hub = os.path.relpath(Path(sys.executable).with_name("hub"))
    yield f"webhooks   '{stage.url}/v1/webhooks/<connector>/<account>'"
    yield f"           {hub} send shopify events/shopify/customer.json --dev"
    yield f"customers  curl -H 'authorization: Bearer {stage.api_key}' '{stage.url}/v1/customers/search' \\"
    yield f"             -d '{json.dumps(story.PERSON)}'"
    yield f"           {hub} customers explain --dev --email {story.PERSON['email']}"
    yield f"vendors    curl {stage.vendors_url}/_calls   and   {stage.vendors_url}/_state"
    yield f"AWS        {stage.engine.url}"
    yield f"secrets    {secrets}"


def _follow(stage: Stage, secrets: Path) -> None:
    """Print what the functions say and deploy what changes, until somebody ends it."""
    known = changing = _files(stage.root)
    shown: set[tuple[float, str, str]] = set()
    while True:
        new = {line for line in _logged(stage, time.time() - MEMORY) if line not in shown}
        say(*(text for line in sorted(new) if (text := line_of(*line))))
        shown = {line for line in shown | new if line[0] > time.time() - 2 * MEMORY}
        files = _files(stage.root)
        if files != known and files == changing:  # nobody is just at writing them
            deploy(stage, known, files)
            _note(stage, secrets)
            known = files
        changing = files
        time.sleep(0.5)


def deploy(stage: Stage, before: Files, after: Files) -> None:
    """Deploy what changed; files with mistakes are shown, and the hub goes on as it was."""
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    names = [str(path.relative_to(stage.root)) for path in changed]
    say("", f"{', '.join(names[:3])}{' and more' if len(names) > 3 else ''} changed", "")
    started = time.monotonic()
    try:
        built(stage.root)
        stage.redeploy()
    except FileErrors as errors:
        say(*(f"{error.render()}\n" for error in errors.errors))
        say("not deployed: the hub goes on as it was", "")
    except (BuildError, EngineError) as error:
        say(f"not deployed: {error}", "")
    else:
        say(f"deployed after {time.monotonic() - started:.1f} s", "")


def _files(root: Path) -> Files:
    """What is deployed, as it stands now."""
    paths = [root / name for name in ALONE]
    for folder in WATCHED:
        paths += [path for path in (root / folder).rglob("*") if path.suffix in (".py", ".yaml", ".csv")]
    found = {}
    for path in paths:
        with contextlib.suppress(OSError):
            stat = path.stat()
            found[path] = (stat.st_size, stat.st_mtime_ns)
    return found


def _logged(stage: Stage, since: float) -> Iterator[tuple[float, str, str]]:
    for function in FUNCTIONS:
        for at, text in stage.engine.logs(STACK, function, since):
            yield at, function, text.rstrip()


def line_of(at: float, function: str, text: str) -> str:
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
