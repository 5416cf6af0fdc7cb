"""The command `hub`: what people at a keyboard need."""

import argparse
import os
import sys
from collections.abc import Sequence

from hub.cli import (
    accounts,
    bulk,
    check,
    conflicts,
    connectors,
    contract,
    customers,
    deliveries,
    demo,
    dev,
    drift,
    events,
    functions,
    importing,
    new,
    parked,
    pepper,
    plan,
    replay,
    schemas,
    send,
    sources,
    switching,
    test,
    trial,
)
from hub.cli.project import NoProjectError
from hub.errors import FileErrors, HubError

MODULES = (
    demo,
    dev,
    check,
    test,
    contract,
    trial,
    bulk,
    plan,
    drift,
    new,
    send,
    schemas,
    functions,
    connectors,
    sources,
    importing,
    accounts,
    customers,
    conflicts,
    parked,
    deliveries,
    replay,
    events,
    switching,
    pepper,
)
"""Each adds its command with `add(subparsers)` and sets `run`: from the arguments to the exit code."""


STOPPED = 130
"""As shells tell it of whatever Ctrl-C ends."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit codes: 0 well, 1 something was found or refused, 2 it cannot be run like this."""
    arguments = _parser().parse_args(argv)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hub", description="Cauce: one record per customer.")
    subparsers = parser.add_subparsers(title="commands", metavar="<command>", required=True)
    for module in MODULES:
        module.add(subparsers)
    return parser
