"""The files to compare with: of a git revision, of a folder, of a deployed artifact."""

import ast
import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from hub.catalog import FILES, FOLDERS, TABLES, Catalog, Found
from hub.documents import parse
from hub.errors import FileError, FileErrors, HubError

MODULES = ("compiled/__init__.py", "compiled.py")
"""Where an artifact may hold its files."""


class BaselineError(HubError):
    """There is nothing to compare with: the message says what to do."""


def committed(root: Path, ref: str) -> tuple[Catalog, str]:
    """The catalogue of a git revision, and the revision's short name.

    Raises BaselineError where there is no such revision or no project in it, FileErrors.
    """
    top = Path(_git(root, "rev-parse", "--show-toplevel").decode().strip())
    commit = _commit(root, ref)
    inside = root.resolve().relative_to(top.resolve())
    texts = _texts(root, commit, inside.as_posix())
    catalog = _catalog((name, text) for name, text in texts if _kind(name))
    if not catalog.connectors:
        raise BaselineError(f"{ref} has no connectors/ in {inside}")
    return catalog, commit[:10]


def artifact(code: bytes) -> Catalog:
    """The catalogue of a function's code, a zip file: its files are read as a literal, nothing of it is run.

    Raises BaselineError for code that is not of this hub.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(code)) as held:
            names = [name for name in MODULES if name in held.namelist()]
            text = held.read(names[0]).decode("utf-8") if names else ""
    except (zipfile.BadZipFile, UnicodeDecodeError):
        raise BaselineError("the code of the deployed function is no zip file") from None
    data = _literal(text)
    if not isinstance(data, dict) or not {"revision", "documents"} <= data.keys():
        raise BaselineError("the deployed functions hold no files of this hub")
    return Catalog.thaw(data)


def _literal(text: str) -> Any:
    """The value of the module's DATA."""
    try:
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and any(_is_data(target) for target in node.targets):
                return ast.literal_eval(node.value)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return None


def _is_data(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "DATA"


def _commit(root: Path, ref: str) -> str:
    try:
        return (
            _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
            .decode()
            .strip()
        )
    except BaselineError:
        raise BaselineError(
            f"{ref} is neither a folder with connectors/ nor a revision that git knows"
        ) from None


def _texts(root: Path, commit: str, inside: str) -> Iterator[tuple[str, bytes]]:
    """The files of the project in a commit: their names below the project, and what they hold."""
    tree = commit if inside == "." else f"{commit}:{inside}"
    listed = _git(root, "ls-tree", "-r", "-z", "--full-tree", tree, "--", *FOLDERS, *FILES).decode(
        "utf-8", "replace"
    )
    for entry in filter(None, listed.split("\0")):
        about, _, name = entry.partition("\t")
        mode, _, blob = about.split(" ")
        if mode.startswith("100"):
            yield name, _git(root, "cat-file", "blob", blob)


def _kind(name: str) -> str | None:
    """The kind of a file by its name, None for any other file."""
    path = PurePosixPath(name)
    if len(path.parts) == 2 and path.suffix == ".yaml":
        return FOLDERS.get(path.parts[0])
    if len(path.parts) == 2 and path.parts[0] == TABLES and path.suffix == ".csv":
        return "table"
    return FILES.get(name)


def _catalog(texts: Iterator[tuple[str, bytes]]) -> Catalog:
    found: list[Found] = []
    errors: list[FileError] = []
    for name, text in texts:
        try:
            found.append((_kind(name) or "", parse(text.decode("utf-8", "replace"), name)))
        except FileError as error:
            errors.append(error)
    if errors:
        raise FileErrors(errors)
    return Catalog.of(found)


def _git(root: Path, *arguments: str) -> bytes:
    """What git prints; arguments never pass a shell. Raises BaselineError."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise BaselineError("git is not installed: say --against with a folder") from None
    if done.returncode:
        raise BaselineError(f"{root} is not in a git checkout: say --against with a folder, or --stack")
    return done.stdout
