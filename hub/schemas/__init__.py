"""The shapes of the files as JSON Schemas: for `hub check`, and for completion in editors.

`format: expression` and `format: template` mark the texts that are parsed.
"""

import json
from pathlib import Path

from hub.schemas.connector import CONNECTOR
from hub.schemas.flow import FLOW
from hub.schemas.mapping import MAPPING
from hub.schemas.model import ACCOUNTS, ENTITY, OWNERS
from hub.schemas.words import Schema

DRAFT = "https://json-schema.org/draft/2020-12/schema"

SCHEMAS: dict[str, Schema] = {
    "connector": CONNECTOR,
    "accounts": ACCOUNTS,
    "owners": OWNERS,
    "entity": ENTITY,
    "mapping": MAPPING,
    "flow": FLOW,
}


def texts() -> dict[str, str]:
    """File name -> text of each schema file."""
    return {f"{kind}.schema.json": _file(kind, schema) for kind, schema in SCHEMAS.items()}


def stale(folder: Path) -> list[str]:
    """The names of schema files that are missing or another than these."""
    return [name for name, text in texts().items() if _known(folder / name) != text]


def write(folder: Path) -> None:
    """Write the schema files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")


def _file(kind: str, schema: Schema) -> str:
    whole = {"$schema": DRAFT, "title": f"Cauce {kind}", **schema}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _known(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
