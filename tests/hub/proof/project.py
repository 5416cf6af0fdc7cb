"""A small project to prove things on, and the texts that commands print on it.

`python -m tests.hub.proof.project` writes the expected texts anew; read the difference before you keep it.
"""

import contextlib
import io
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from hub.catalog import Catalog
from hub.cli import main
from hub.samples import Samples

HERE = Path(__file__).parent
PRINTED = HERE / "printed"


def project(folder):
    """The files of this room: two mappings of an invented shop, in one of which tests fail."""
    shutil.copytree(HERE / "files", folder, dirs_exist_ok=True)
    return folder


def catalog_of(folder):
    """The catalogue of a folder and its samples."""
    catalog = Catalog.read(folder)
    return catalog, Samples(folder, catalog)


def printed(case, folder):
    """What the command in the first line of an expected text prints, and its exit code."""
    first = (PRINTED / f"{case}.txt").read_text(encoding="utf-8").splitlines()[0]
    output = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = main(shlex.split(first.removeprefix("$ hub ")))
    return f"{first}\n{output.getvalue()}exit code {code}\n"


def cases():
    """The names of the expected texts."""
    return sorted(path.stem for path in PRINTED.glob("*.txt"))


if __name__ == "__main__":
    for name in sys.argv[1:] or cases():
        with tempfile.TemporaryDirectory() as temporary:
            text = printed(name, project(Path(temporary)))
        (PRINTED / f"{name}.txt").write_text(text, encoding="utf-8")
