"""Where the project is: the folder that has `connectors/`, here or further up."""

import argparse
from pathlib import Path

from hub.errors import HubError


class NoProjectError(HubError):
    """There is no project here, or not the file that was named."""


def add_root(parser: argparse.ArgumentParser) -> None:
    """Add `--root` to a command."""
    parser.add_argument("--root", type=Path, help="the project's folder (found from here upwards)")


def project_root(given: Path | None) -> Path:
    """The project's folder. Raises NoProjectError."""
    start = (given or Path.cwd()).resolve()
    for folder in (start,) if given else (start, *start.parents):
        if (folder / "connectors").is_dir():
            return folder
    raise NoProjectError(f"{start} has no folder connectors/, nor has one above it")
