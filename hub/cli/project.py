"""Where the project is: the folder that has `connectors/`, here or further up."""

import argparse
import json
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hub.catalog import Catalog
from hub.errors import HubError
from hub.mapping import Context, Mapping
from hub.samples import Samples

IN_TESTS = frozenset({"test-failed", "bad-test", "no-sample", "untested-field"})
"""Codes of what `hub check` finds in the mappings' tests: no matter of whoever looks at the files alone."""


class NoProjectError(HubError):
    """There is no project here, or not the file that was named."""


def add_root(parser: argparse.ArgumentParser) -> None:
    """Add `--root` to a command."""
    parser.add_argument("--root", type=Path, help="the project's folder (found from here upwards)")


def add_account(parser: argparse.ArgumentParser) -> None:
    """Add `--account` to a command."""
    parser.add_argument("--account", help="such as shopify.co (default: the connector's first)")


def project_root(given: Path | None) -> Path:
    """The project's folder. Raises NoProjectError."""
    start = (given or Path.cwd()).resolve()
    for folder in (start,) if given else (start, *start.parents):
        if (folder / "connectors").is_dir():
            return folder
    raise NoProjectError(f"{start} has no folder connectors/, nor has one above it")


def named(catalog: Catalog, name: str) -> Mapping:
    """The mapping of a name. Raises NoProjectError, with those that there are."""
    expect_named("mapping", name, catalog.mappings)
    return catalog.mappings[name]


def expect_named(kind: str, name: str, known: Iterable[str]) -> None:
    """Raise NoProjectError for a name that is not known, with the closest one or all of them."""
    names = sorted(known)
    if name not in names:
        close = get_close_matches(name, names, n=1)
        cure = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
        raise NoProjectError(f"there is no {kind} {name}; {cure}")


def read_json(path: Path) -> Any:
    """What a file holds that somebody named. Raises NoProjectError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NoProjectError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise NoProjectError(f"{path} is not a JSON file") from None


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write a proposal. Raises NoProjectError where there is such a file, unless `force`."""
    if path.exists() and not force:
        raise NoProjectError(f"{path} is there already; --force writes over it")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def context_of(mapping: Mapping, samples: Samples, account: str | None) -> Context:
    """Whose records are mapped: the account that was asked for, or the first. Raises NoProjectError."""
    context = samples.context(mapping, account)
    if account not in {None, context.account.name}:
        raise NoProjectError(f"{mapping.connector} has no account {account} in accounts.yaml")
    return context
