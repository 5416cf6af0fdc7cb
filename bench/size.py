"""The artifact that every function is made of: how large it is, and what the bytecode takes of it."""

from collections.abc import Iterator

from bench.rig import ROOT
from bench.rows import Row

GROUP = "build/artifact, unpacked"
MIB = 1024 * 1024


def measure() -> Iterator[Row]:
    """The figures of the artifact; none where none was built (`make artifact`)."""
    folder = ROOT / "build/artifact"
    files = [path for path in folder.rglob("*") if path.is_file()]
    if not any(path.suffix == ".py" for path in files):
        return
    total = sum(path.stat().st_size for path in files)
    code = sum(path.stat().st_size for path in files if path.suffix == ".pyc")
    yield Row(GROUP, "all", total / MIB, "MiB", most=50)
    yield Row(GROUP, "of it bytecode (.pyc)", code / MIB, "MiB")
    yield Row(GROUP, "files", len(files), "files")
