"""hub customers: who is who, why, and the decisions that people take about it."""

import argparse
from typing import Any

from hub.cli import customers_decisions, customers_erase, customers_views
from hub.cli.api import add_where, api_of

ACTIONS = (*customers_views.ACTIONS, *customers_decisions.ACTIONS, *customers_erase.ACTIONS)
"""Each has a name, a help, its arguments and what it does with a hub's API."""


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "customers",
        help="show and explain customers; merge, split, and take it back; forget somebody",
        description="What a running hub knows of customers, by its API. The stack's address and key are read "
        "with your environment's AWS credentials and region.",
    )
    actions = parser.add_subparsers(title="actions", metavar="<action>", required=True)
    for action in ACTIONS:
        made = actions.add_parser(action.name, help=action.help, description=action.description)
        action.arguments(made)
        made.add_argument("--json", action="store_true", help="for programs")
        add_where(made)
        made.set_defaults(run=run, action=action.run)
    customers_erase.add_restore(actions)


def run(arguments: argparse.Namespace) -> int:
    """Ask the hub that the arguments name."""
    return int(arguments.action(api_of(arguments), arguments))
