"""The peers, each in the form that its own users would write for speed."""

from functools import cache
from importlib import import_module

from bench.peers.engines.engine import Engine, Local, settled

__all__ = ["PEERS", "Engine", "Local", "peers", "settled"]

PEERS = ("jmespath_py", "pydantic_py", "jinja_py", "glom_py", "jsonata_py", "jq_py", "jsonata_node")


@cache
def peers() -> tuple[list[Engine], list[str]]:
    """The engines that are installed, and what is missing for the others."""
    found: list[Engine] = []
    missing: list[str] = []
    for name in PEERS:
        try:
            found.append(import_module(f"{__name__}.{name}").engine())
        except ImportError as error:
            missing.append(f"{name}: {error.name or error} is not installed")
    return found, missing
