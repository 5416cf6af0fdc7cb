"""A copy of the files that people edit, and the fenced blocks of a page that change and try them."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("connectors", "entities", "events", "flows", "mappings")
FILES = ("accounts.yaml", "owners.yaml")

FILED = ("json", "csv")
"""Languages of blocks whose file stands behind the fence."""

_FENCE = re.compile(r"^```(\w+)?([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"# ([\w./-]+\.yaml)(, one more line)?\n")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what else stands behind the fence, its text and line."""

    language: str
    info: str
    text: str
    line: int


def copy(folder):
    """A project as a user has it."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


def blocks(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(match[1] or "", match[2].strip(), match[3], text[: match.start()].count("\n") + 1)
        for match in _FENCE.finditer(text)
    ]


def write(folder, block):
    """Write a block to the file that it names, if it names one: whether it did."""
    named = _NAMED.match(block.text) if block.language == "yaml" else None
    if named and named[2]:
        with (folder / named[1]).open("a", encoding="utf-8") as file:
            file.write(block.text[named.end() :])
    elif named:
        _put(folder / named[1], block.text)
    elif block.language in FILED and block.info:
        _put(folder / block.info, block.text)
    return bool(named or (block.language in FILED and block.info))


def _put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
