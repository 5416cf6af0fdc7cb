"""A deployment beside the one of this folder: the same files, with the accounts and flows of an example."""

import shutil
from pathlib import Path

OWN = ("accounts.yaml", "owners.yaml", "flows", "journey.json")
"""What an example has itself; all else is the project's."""


def overlay(root: Path, example: Path, out: Path) -> Path:
    """The project `root` as `example` deploys it, in the folder `out`, which is made anew."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for path in sorted(root.iterdir()):
        if path.name not in OWN and path.name not in ("build", ".git"):
            (out / path.name).symlink_to(path.resolve(), target_is_directory=path.is_dir())
    for name in OWN:
        own = example / name
        if own.is_dir():
            shutil.copytree(own, out / name)
        elif own.is_file():
            shutil.copyfile(own, out / name)
    return out
