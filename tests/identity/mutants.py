"""Seeded bugs: the code with one of its rules taken away, and the first schedule at which that shows.

`python -m tests.identity.mutants` runs them all and prints the table; `--schedules N` says how many at most.
The numbers M1 to M12 are those of the reference model that the rules were found with.
"""

import argparse
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

from hub import golden, identity
from hub.golden import overlay
from hub.identity import Claim, Node
from hub.pipeline import unify
from hub.pipeline.unify.lens import Moved
from hub.pipeline.unify.state import Outcome, Reading, registers, root_key, values, with_data
from hub.store import Put
from tests.identity import storm
from tests.identity.shelf import Shelf


@dataclass(frozen=True)
class Mutant:
    """A bug: what was taken away, and how. `within`: schedules in which it shows; 0: see `reason`."""

    name: str
    text: str
    apply: object
    within: int
    reason: str = ""


MUTANTS = []

attach, regroup, settle, survey = (
    sys.modules[f"hub.pipeline.unify.{name}"] for name in ("attach", "regroup", "settle", "survey")
)
"""The modules: the package has functions of these names."""


def mutant(name, text, within, reason=""):
    """Registers a function that yields the patches of a bug."""

    def register(make):
        MUTANTS.append(Mutant(name, text, make, within, reason))
        return make

    return register


@contextmanager
def seeded(bug):
    """The code with this bug."""
    with ExitStack() as stack:
        for one in bug.apply():
            stack.enter_context(one)
        yield


def first_detection(bug, most, first=0):
    """How many schedules it takes until one shows the bug; None when none of `most` does."""
    for seed in range(first, first + most):
        with seeded(bug):
            try:
                wrong = storm.verdict(seed)
            except Exception as error:  # a bug may show by any exception
                wrong = [repr(error)]
        if wrong:
            return seed - first + 1
    return None


def unguarded(which):
    """The store forgets the version of the puts that are chosen by item and the item that is there."""
    holds = Shelf.holds

    def careless(store, key, write):
        held = store.shelved.get(key)
        loose = isinstance(write, Put) and which(write.item, held[0] if held else None)
        return loose or holds(store, key, write)

    return patch.object(Shelf, "holds", careless)


@mutant("M1", "a new claim is put without the guard that there is none", within=150)
def _m1():
    yield unguarded(lambda item, held: item.kind == "claim" and item.version == 0)


@mutant("M2", "a claim is put without its version", within=150)
def _m2():
    yield unguarded(lambda item, held: item.kind == "claim")


@mutant("M3", "a root is put without its version (the component has no lock)", within=150)
def _m3():
    yield unguarded(lambda item, held: item.kind == "root")


@mutant("M4", "members and claims that were read before the roots are not read afresh", within=150)
def _m4():
    load = Reading.load

    def lazy(reading, wanted, *, fresh=False):
        load(reading, wanted, fresh=fresh and False)

    yield patch.object(Reading, "load", lazy)


@mutant("M5", "at the same time, the value that arrives last wins", within=150)
def _m5():
    merged = golden._merged

    def arriving(told, held):
        tie = held is not None and told.value != held.value and told.last.at == held.last.at
        return told if tie else merged(told, held)

    yield patch.object(golden, "_merged", arriving)


@mutant("M6", "the record that was seen first names the entity", within=150)
def _m6():
    seen = {}
    yield patch.object(identity, "_seniority", lambda node: (seen.setdefault(node.key, len(seen)), node.key))


@mutant("M7", "an identifier joins nobody where the profile would have two mailboxes", within=150)
def _m7():
    components = identity.components

    def limited(nodes, claims):
        groups = []
        for group in components(nodes, claims):
            mails = {pk for one in group for pk in one.claims if "#email#" in pk}
            groups += [group] if len(mails) < 2 else [[one] for one in group]
        return groups

    yield patch.object(identity, "components", limited)


def _in_two(first):
    """Commits in two transactions: the items of kinds that `first` chooses, then the others."""
    commit = storm.Stormy.commit

    def torn(store, writes):
        chosen = [write for write in writes if first(write.item.kind)]
        rest = [write for write in writes if not first(write.item.kind)]
        for part in (chosen, rest):
            if part:
                commit(store, part)

    return patch.object(storm.Stormy, "commit", torn)


@mutant("M8a", "the marker is written after the transaction", within=150)
def _m8a():
    yield _in_two(lambda kind: kind != "marker")


@mutant("M8b", "the marker is written before the transaction", within=150)
def _m8b():
    yield _in_two(lambda kind: kind == "marker")


@mutant("M8c", "the outbox is written after the transaction", within=150)
def _m8c():
    yield _in_two(lambda kind: kind != "outbox")


@mutant("M8d", "the timeline is written after the transaction", within=150)
def _m8d():
    yield _in_two(lambda kind: kind != "timeline")


@mutant(
    "M8e",
    "the marker is put without its version",
    within=150,
)
def _m8e():
    yield unguarded(lambda item, held: item.kind == "marker")


@mutant("M9", "a message is acknowledged before the commit", within=150)
def _m9():
    yield patch.object(storm.Workers, "give_back", lambda workers, message: None)


@mutant("M10", "an event that is older than what is known is dropped whole", within=150)
def _m10():
    outcome = unify._outcome

    def dropping(hub, reading, telling, event):
        record = reading[telling.record]
        root = reading[root_key(record)] if record else None
        known = max((one.last.at for one in registers(record).values()), default="") if record else ""
        if root and root.data["state"] == "active" and telling.at < known:
            return Outcome(root.data["id"], values(root))
        return outcome(hub, reading, telling, event)

    yield patch.object(unify, "_outcome", dropping)


@mutant(
    "M11",
    "a tombstone is put without its version",
    within=2000,
)
def _m11():
    yield unguarded(lambda item, held: bool(held) and held.data.get("state") == "merged")


def _roots_checked(sound):
    def check(found, roots):
        for record in found:
            root = roots.get(root_key(record).pk)
            if root is None or not sound(record, root):
                raise Moved("torn reading")

    return patch.object(survey, "_check_roots", check)


@mutant("M12", "a record that led to a root need not be in its list (R5)", within=2000)
def _m12():
    yield _roots_checked(lambda record, root: root.data["state"] == "active")


@mutant("R4", "a root may be a tombstone", within=150)
def _r4():
    yield _roots_checked(
        lambda record, root: "records" not in root.data or record.key.pk in root.data["records"]
    )


@mutant("R4+R5", "neither is a root active nor need it know the record that led to it", within=150)
def _r45():
    yield _roots_checked(lambda record, root: True)


@mutant("R6", "the closure is not checked: others may assert with the members by now", within=150)
def _r6():
    yield patch.object(survey, "_check_closure", lambda *_: None)


@mutant(
    "R7",
    "a root in which nothing changed is not written",
    within=0,
    reason="too rare for dice: test_mutants shows its schedule",
)
def _r7():
    decide = unify.regroup

    def sparing(reading, telling, rules, event):
        outcome = decide(reading, telling, rules, event)
        kept = tuple(w for w in outcome.writes if w.item.kind != "root" or _differs(reading, w.item))
        return replace(outcome, writes=kept)

    yield patch.object(unify, "regroup", sparing)


def _differs(reading, item):
    held = reading[item.key]
    return held is None or held.data != item.data


class Loose(dict):
    """Data of an item whose version nobody checks when it is put."""


@mutant("fast-guard", "the fast path puts the root without its version", within=400)
def _fast_guard():
    decide, holds = unify.attach, Shelf.holds

    def careless(*args):
        outcome = decide(*args)
        if outcome is None:
            return None
        return replace(outcome, writes=tuple(map(loosened, outcome.writes)))

    def loosened(write):
        item = write.item
        return Put(replace(item, data=Loose(item.data))) if item.kind == "root" else write

    def lenient(store, key, write):
        return (isinstance(write, Put) and isinstance(write.item.data, Loose)) or holds(store, key, write)

    yield patch.object(unify, "attach", careless)
    yield patch.object(Shelf, "holds", lenient)


@mutant("fast-new", "the fast path is taken for a new identifier, too", within=150)
def _fast_new():
    settled = attach._settled

    def blind(record, root, telling, *rest):
        return settled(record, root, replace(telling, claims={}), *rest)

    yield patch.object(attach, "_settled", blind)


@mutant("fast-tie", "the fast path lets the first of two equal times stand", within=2000)
def _fast_tie():
    refold = attach._refold

    def first(record, root, rules, moved, at):
        fields = refold(record, root, rules, moved, at)
        if at == root.data["fields"]["updated_at"][0]:
            fields["updated_at"] = root.data["fields"]["updated_at"]
        return fields

    yield patch.object(attach, "_refold", first)


@mutant("fast-back", "the fast path keeps a winner that went back in time", within=2000)
def _fast_back():
    local = attach._local

    def hasty(name, register, record, root, rules):
        return local(name, register._replace(run=register.run[-1:]), record, root, rules)

    yield patch.object(attach, "_local", hasty)


@mutant("counted-all", "an identifier is demoted by all who assert it, not by account", within=150)
def _counted_all():
    yield patch.object(identity, "_account", lambda record: ())


@mutant("young", "the time of creation is that of the first telling", within=150)
def _young():
    told = regroup._told

    def first(reading, telling, *rest):
        known = reading.item(telling.record, "record").data.get("created")
        item = told(reading, telling, *rest)
        return with_data(item, created=known) if known else item

    yield patch.object(regroup, "_told", first)


@mutant("again", "a value told again counts as changed", within=150)
def _again():
    def plain(known, told):
        newer = {n: one for n, one in told.items() if n not in known or one.since > known[n].last}
        return {**known, **newer}, set(newer)

    assert overlay is golden.overlay
    yield patch.object(regroup, "overlay", plain)
    yield patch.object(attach, "overlay", plain)


@mutant("aliases", "after a split an entity keeps the former ids of records that left it", within=2000)
def _aliases():
    with_past = settle._with_past

    def keeping(reading, root, before):
        after, held = with_past(reading, root, before), reading[root.key]
        kept = held.data["absorbed"] if held and held.data["state"] == "active" else []
        return with_data(after, absorbed=sorted({*after.data["absorbed"], *kept} - {root.data["id"]}))

    yield patch.object(settle, "_with_past", keeping)


@mutant("detached", "an identifier that an operator took from a record joins it all the same", within=150)
def _detached():
    yield patch.object(Node, "joins", property(lambda node: node.claims))


@mutant("ruled", "the rules overrule an operator who said that an identifier joins", within=2000)
def _ruled():
    judged = Claim.judged

    def stubborn(claim, nodes, guards):
        ruled = claim.ruled if claim.ruled == "apart" else ""
        return replace(judged(replace(claim, ruled=ruled), nodes, guards), ruled=claim.ruled)

    yield patch.object(Claim, "judged", stubborn)


@mutant(
    "judged-once", "only the identifiers that an event tells are judged, not those it told before", within=150
)
def _judged_once():
    judged = settle._judged

    def hasty(claims, nodes, asserted, rules):
        told = {pk for node in nodes.values() for pk in node.claims}
        return judged(claims, nodes, [pk for pk in asserted if len(told) < 3 or pk == max(told)], rules)

    yield patch.object(settle, "_judged", hasty)


@mutant("earliest", "a claim keeps the telling that arrived first, not the earliest", within=150)
def _earliest():
    earliest = regroup.earliest

    def arrived(held, telling, event):
        return {**earliest(held, telling, event), **held}

    yield patch.object(regroup, "earliest", arrived)


def show(bugs, detection, what, most):
    """Run each bug until it shows, and print when; `what` it is looked for in, at most so many of each."""
    parser = argparse.ArgumentParser(description="Run each bug until it shows, and print when.")
    parser.add_argument(f"--{what}s", dest="most", type=int, default=most, help="at most, for each bug")
    parser.add_argument("--only", default="", help="names, separated by commas")
    options = parser.parse_args()
    for bug in bugs:
        if options.only and bug.name not in options.only.split(","):
            continue
        started = time.perf_counter()
        found = detection(bug, options.most)
        seconds = time.perf_counter() - started
        shown = f"{what} {found}" if found else f"not in {options.most}"
        print(f"{bug.name:16} {shown:15} {seconds:6.1f} s  {bug.text}", flush=True)


if __name__ == "__main__":
    show(MUTANTS, first_detection, "schedule", 3000)
