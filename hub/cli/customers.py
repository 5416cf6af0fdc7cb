"""hub customers: what an operator does about one person, on the deployed stack."""

from typing import Any

from hub.cli import customers_erase


def add(subparsers: Any) -> None:
    """Add the command to the parser of `hub`."""
    parser = subparsers.add_parser(
        "customers",
        help="erase, export or readmit a person",
        description="On a deployed stack, with your environment's AWS credentials and region.",
    )
    actions = parser.add_subparsers(title="actions", metavar="<action>", required=True)
    customers_erase.add(actions)
