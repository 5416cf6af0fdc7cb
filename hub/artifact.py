"""The artifact of all functions: exactly what runs, the same bytes for the same input.

`make artifact` builds it, `sam build` takes it as it is, the local engine runs it. It holds the
functions, the hub without what only people at a keyboard need, connectors' hooks, the files that
people edit as one Python literal and their expressions as functions (a cold start reads no YAML and
parses no expression), the console, the dependencies as Lambda wheels, and bytecode: `/var/task` is
read-only, so a cold start could not keep its own.
"""

import argparse
import hashlib
import os
import platform as host
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from hub.catalog import Catalog
from hub.checks import check
from hub.checks.expressions import expressions
from hub.drift.expectation import claims
from hub.errors import FileErrors
from hub.expressions.compiler import module
from hub.mapping import compiler
from hub.samples import Samples
from hub.tax_ids import KINDS

WHEELS = {"arm64": "manylinux2014_aarch64", "x86_64": "manylinux2014_x86_64"}
"""Lambda's names of architectures, and wheels that run on both of its Linuxes."""

LEFT_OUT = {"artifact", "checks", "cli", "demo", "engine", "narrative", "runner", "samples", "schemas"} | {
    "contract",
    "drift",
    "listing",
    "plan",
    "proof",
    "proposal",
    "simulator",
}
"""Modules of the hub that never run in Lambda."""

WANTED = {
    "stdnum": {kind.module.partition(".")[0] for kinds in KINDS.values() for kind in kinds},
    "aws_lambda_powertools/utilities": {"jmespath_utils", "typing"},
}
"""Of large packages the parts that run: the rest would be most of the files that a cold start unpacks."""

ECDSA = {"cryptography", "cffi", "_cffi_backend", "pycparser"}
"""What only signatures by ECDSA need: more than all the rest together."""

UNWANTED = "aws_lambda_powertools/event_handler"
"""What of Powertools we do not use, and nothing of what we use imports."""

LARGEST = 50_000_000
"""Bytes, unpacked: each of them is loaded at a cold start."""

_EPOCH = 315532800  # 1980, the first time that a zip file can hold


class BuildError(Exception):
    """The artifact cannot be built: the message says what to do."""


def build(root: Path, out: Path, *, platform: str, python: str) -> int:
    """Build the artifact of the project `root` into the folder `out`, replacing it; its size in bytes.

    `platform`: arm64 or x86_64; `python`: "3.11". Raises BuildError, FileErrors.
    """
    if python != _running():
        raise BuildError(f"bytecode for Python {python} needs that Python: this is {_running()}")
    if errors := check(root).errors:
        raise FileErrors(errors)
    staging = out.with_name(out.name + ".new")
    shutil.rmtree(staging, ignore_errors=True)
    packages = _packages(root, out.parent / "packages", platform, python)
    shutil.copytree(packages, staging, ignore=partial(_unneeded, _unused(root)))
    for name in _sources(root):
        (staging / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, staging / name)
    (staging / "compiled").mkdir()
    for module_name, text in _compiled(root):
        (staging / "compiled" / module_name).write_text(text, encoding="utf-8")
    _precompile(staging)
    size = _settle(staging)
    if size > LARGEST:
        raise BuildError(f"{size:,} bytes are more than {LARGEST:,}")
    shutil.rmtree(out, ignore_errors=True)
    staging.rename(out)
    return size


def zipped(folder: Path) -> bytes:
    """The folder as a zip file: the same bytes for the same files."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes())
    return held.getvalue()


def here() -> str:
    """This machine's architecture, as Lambda calls it."""
    return "arm64" if host.machine() in {"arm64", "aarch64"} else "x86_64"


def _sources(root: Path) -> Iterator[Path]:
    """What is copied from the project, relative to it."""
    for folder, pattern in (("functions", "*.py"), ("hub", "*.py"), ("connectors", "*.py"), ("console", "*")):
        for path in sorted((root / folder).rglob(pattern)):
            name = path.relative_to(root)
            if path.is_file() and not (folder == "hub" and name.with_suffix("").parts[1] in LEFT_OUT):
                yield name


def _compiled(root: Path) -> Iterator[tuple[str, str]]:
    """The modules of `compiled`, of what has an account: name and text.

    `DATA`: all files that people edit; `EXPRESSIONS`: the functions of expressions outside of mappings;
    `MAPPINGS`: the module of each mapping by name, loaded when a record needs it.
    """
    catalog = Catalog.read(root).in_use()
    samples = Samples(root, catalog)
    modules: dict[str, str] = {}
    for name, mapping in sorted(catalog.mappings.items()):
        modules[name] = f"compiled.m{len(modules)}_{re.sub(r'[^A-Za-z0-9]', '_', name)}"
        text = compiler.module(
            mapping.document, mapping.leaves, mapping.empty, claims=claims(mapping, samples)
        )
        yield f"{modules[name].partition('.')[2]}.py", text
    doc = '"""Written by the build: connectors, entities, mappings, flows, and their expressions."""'
    data = f"DATA = {catalog.freeze()!r}\n\nMAPPINGS = {modules!r}\n"
    yield "__init__.py", f"{doc}\n\n{module(expressions(catalog))}\n{data}"


def _packages(root: Path, cache: Path, platform: str, python: str) -> Path:
    """A folder with the locked dependencies for Lambda, installed once for each lock file."""
    lock = root / "requirements" / "runtime.txt"
    folder = cache / f"{platform}-{python}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if not folder.exists():
        half = folder.with_name(folder.name + ".new")
        shutil.rmtree(half, ignore_errors=True)
        _install(lock, half, platform, python)
        _trim(half)
        half.rename(folder)
    return folder


def _install(lock: Path, target: Path, platform: str, python: str) -> None:
    fixed = [
        "--quiet",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-compile",
        "--require-hashes",
    ]
    wheels = ["--only-binary", ":all:", "--implementation", "cp", "--python-version", python]
    wheels += ["--platform", WHEELS[platform]]
    command = [sys.executable, "-m", "pip", "install", *fixed, *wheels, "--target", str(target)]
    if subprocess.run([*command, "--requirement", str(lock)], check=False).returncode:
        raise BuildError("pip could not install the dependencies for Lambda")


def _trim(packages: Path) -> None:
    """Away with commands and with what pip notes for itself; licences and metadata stay."""
    shutil.rmtree(packages / "bin", ignore_errors=True)
    for note in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):
        for path in packages.glob(f"*.dist-info/{note}"):
            path.unlink()


def _unused(root: Path) -> set[str]:
    """The packages that no connector in use needs."""
    signed = [
        connector.data.get("receive") or {} for connector in Catalog.read(root).in_use().connectors.values()
    ]
    return set() if any("ecdsa" in part.get("signature", {}) for part in signed) else ECDSA


def _unneeded(unused: set[str], folder: str, names: list[str]) -> set[str]:
    """What of a folder of the packages never runs: types for editors, data, parts that nobody wants."""
    path = Path(folder)
    wanted = next((parts for name, parts in WANTED.items() if path.as_posix().endswith(f"/{name}")), None)
    found = {name for name in names if name.endswith((".pyi", ".dat"))}
    found |= {name for name in names if (path / name).as_posix().endswith(UNWANTED)}
    folders = (name for name in names if (path / name).is_dir())
    found |= {name for name in folders if wanted and name not in wanted}
    return found | {name for name in names if re.split(r"[-.]", name)[0] in unused}


def _precompile(folder: Path) -> None:
    """Bytecode that is taken without a look at its source: measured 22 to 34 % off a cold start.

    In a process of its own, so that what else this one did leaves no trace in the bytes.
    """
    mode = ["-q", "-f", "--invalidation-mode", "unchecked-hash"]
    places = ["-s", str(folder), "-p", "/var/task", str(folder)]
    subprocess.run([sys.executable, "-I", "-m", "compileall", *mode, *places], check=True)


def _settle(folder: Path) -> int:
    """Give all files one time and one mode; their size."""
    size = 0
    for path in _files(folder):
        path.chmod(0o644)
        os.utime(path, (_EPOCH, _EPOCH))
        size += path.stat().st_size
    return size


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _running() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m hub.artifact`: 0, or 1 with what to do."""
    parser = argparse.ArgumentParser(prog="hub.artifact", description="Build the artifact of all functions.")
    parser.add_argument("--root", type=Path, default=Path())
    parser.add_argument("--out", type=Path, default=Path("build/artifact"))
    parser.add_argument("--platform", choices=sorted(WHEELS), default=here())
    parser.add_argument("--python", default=_running())
    given = parser.parse_args(arguments)
    try:
        size = build(given.root, given.out, platform=given.platform, python=given.python)
    except FileErrors as error:
        print("\n\n".join(one.render() for one in error.errors), file=sys.stderr)
        return 1
    except BuildError as error:
        print(f"artifact: {error}", file=sys.stderr)
        return 1
    print(f"{given.out}: {size / 1e6:.1f} MB for {given.platform}, Python {given.python}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
