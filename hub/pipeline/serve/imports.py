"""What people ask of imports: to begin one, to go on, how far it is."""

from typing import Any

from hub.pipeline import Hub, importing
from hub.pipeline.importing import ImportRefused
from hub.pipeline.serve.exchange import bad


def begun(hub: Hub, body: dict[str, Any]) -> dict[str, Any]:
    """Begin, resume or (`stop`) stop an import. Raises Refusal(400)."""
    try:
        return importing.stop(hub, body) if body.get("stop") else importing.begin(hub, body)
    except ImportRefused as error:
        raise bad(str(error)) from error


def imported(hub: Hub, source: str, resource: str) -> dict[str, Any]:
    """How far the import of a resource is. Raises Refusal(400)."""
    try:
        return importing.status(hub, source, resource)
    except ImportRefused as error:
        raise bad(str(error)) from error


def rows(hub: Hub, source: str, resource: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take rows of a file. Raises Refusal(400)."""
    try:
        return importing.take(hub, source, resource, body)
    except ImportRefused as error:
        raise bad(str(error)) from error
