"""The module of a mapping: its Python functions, which the build ships, or which run in memory."""

import linecache
from collections.abc import Callable, Iterable
from typing import Any

from hub.documents import Document
from hub.expressions.compiler import IMPORTS, bound, loaded
from hub.mapping.claims import Claim, frozen
from hub.mapping.inward import Reader
from hub.mapping.leaves import Leaves, Ledger, Target
from hub.mapping.outward import Sender
from hub.mapping.points import Points
from hub.mapping.running import Path
from hub.mapping.shape import shape
from hub.mapping.writer import shown

_RUNNING = (
    "from hub.mapping.running import ABSENT, LOST, UNLISTED, LeafError, RequiredError, at, below, word\n"
)


def built(
    document: Document, leaves: Leaves, empty: Any, hit: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """The functions and facts of a mapping, compiled in memory: the names of its module.

    `hit` is called with the number of each point that is reached; `points` are those that there are, none
    without a `hit`. Raises ExpressionError.
    """
    points = Points()
    text = module(document, leaves, empty, points if hit else None)
    file = f"<functions of {document.file}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = loaded(text, file)
    names |= {"hit": hit, "points": tuple(points.found)}
    return names


def module(
    document: Document,
    leaves: Leaves,
    empty: Any,
    points: Points | None = None,
    claims: Iterable[tuple[Path, Claim]] = (),
) -> str:
    """The source of a mapping's module. `points`: notes them, and each is counted as it is reached.

    `told(record, payload, drift)`: the fields of `both`, and nothing; `inward(record, payload, settings,
    drift)`: all fields, and for each consent address, state and time; `outward(fields, customer, settings)`:
    the vendor's record. `drift` gets the paths of leaves without a value; RequiredError is raised for those
    that must have one.

    `TOLD`, `READ`: (field, path of its first leaf, whether one is required, whether "no value" clears).
    `CONSENTS`: (channel, purpose, type, paths of address, state and time). `SHAPE`: what `outward` reads of
    an entity. `CLAIMS`: what samples promise of each leaf.
    """
    told, reader = Reader("told", document, empty), Reader("inward", document, empty, points)
    sender = Sender("outward", document, empty, points)
    told.told(leaves.told)
    reader.inward(leaves.reads, leaves.consents)
    sender.outward(leaves.writes)
    writers = (told, reader, sender)
    calls = bound({name for writer in writers for name in writer.calls})
    facts = [
        *(line for writer in writers for line in writer.constants),
        f"TOLD = {_facts(leaves.told)}",
        f"READ = {_facts(leaves.reads)}",
        f"SHAPE = {shape(leaves.writes)!r}",
        f"CLAIMS = {frozen(claims)!r}",
        f"CONSENTS = {tuple(_consent(one) for one in leaves.consents)!r}",
    ]
    head = f'"""What {shown(document.file)} says, as Python."""\n\n{IMPORTS}{_RUNNING}\n{calls}'
    functions = ["\n".join(lines) for writer in writers for lines in (*writer.parts, writer.lines)]
    return "\n\n\n".join([head + "\n".join(facts), *functions]) + "\n"


def _facts(targets: Iterable[Target]) -> str:
    found: dict[str, tuple[Path, bool, bool]] = {}
    for target in targets:
        path, required, clears = found.get(target.names[0], (target.rule.path, False, False))
        rule = target.rule
        found[target.names[0]] = (path, required or rule.required, clears or rule.is_path)
    return repr(tuple((name, *facts) for name, facts in found.items()))


def _consent(ledger: Ledger) -> tuple[Any, ...]:
    paths = (ledger.address.path, ledger.state.path, ledger.at and ledger.at.path)
    return (ledger.channel, ledger.purpose, ledger.type, *paths)
