"""The command `hub`: what people at a keyboard need."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from hub.cli.project import NoProjectError
from hub.errors import FileErrors, HubError

COMMANDS: Final = {
    "demo": "demo",
    "dev": "dev",
    "check": "check",
    "test": "test",
    "contract": "contract",
    "try": "trial",
    "map": "bulk",
    "plan": "plan",
    "drift": "drift",
    "new": "new",
    "send": "send",
    "schemas": "schemas",
    "functions": "functions",
    "connectors": "connectors",
    "sources": "sources",
    "subscribe": "sources",
    "import": "importing",
    "accounts": "accounts",
    "customers": "customers",
    "conflicts": "conflicts",
    "parked": "parked",
    "deliveries": "deliveries",
    "replay": "replay",
    "events": "events",
    "why": "events",
    "pause": "switching",
    "resume": "switching",
    "pepper": "pepper",
}
"""Command -> its module, which adds it with `add(subparsers)` and sets `run`: from the arguments to the exit
code. Only that of the command that is given is imported: all of them take longer than most commands."""


STOPPED = 130
"""As shells tell it of whatever Ctrl-C ends."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit codes: 0 well, 1 something was found or refused, 2 it cannot be run like this."""
    given = sys.argv[1:] if argv is None else list(argv)
    arguments = _parser(given[:1]).parse_args(given)
    try:
        return int(arguments.run(arguments))
    except BrokenPipeError:  # whoever read the output, such as head, has seen enough
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - what Python flushes when it ends
        return 1
    except KeyboardInterrupt:  # what can go on has said how
        print("hub: stopped", file=sys.stderr)
        return STOPPED
    except NoProjectError as error:
        print(f"hub: {error}", file=sys.stderr)
        return 2
    except FileErrors as errors:
        print("\n\n".join(error.render() for error in errors.errors), file=sys.stderr)
        return 1
    except HubError as error:
        print(f"hub: {error}", file=sys.stderr)
        return 1


def _parser(command: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of a command, or of all where none is named."""
    parser = argparse.ArgumentParser(prog="hub", description="Cauce: one record per customer.")
    subparsers = parser.add_subparsers(title="commands", metavar="<command>", required=True)
    known = [COMMANDS[name] for name in command if name in COMMANDS]
    for module in known or dict.fromkeys(COMMANDS.values()):
        import_module(f"hub.cli.{module}").add(subparsers)
    return parser
