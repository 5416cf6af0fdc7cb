"""What must hold when a seed has come to rest: each line says what does not."""

from collections import Counter, defaultdict
from itertools import pairwise, starmap

from hub import keys
from hub.mapping import Context
from hub.pipeline.deliver.state import UNHEARD
from hub.pipeline.subjects import subject_of
from hub.store.memory import MemoryStore
from tests.fleet.people import KNOWN, canon

OPEN = (keys.DUE, keys.WAITING)
OWNED, OWNER = "stage", "crm"
"""The field that has an owner, and whose it is."""


class Verdict:
    """The findings about a world at rest, and its figures."""

    def __init__(self, world):
        self.world = world
        self.items = MemoryStore.items(world.hub.store)
        self.lines: list[str] = []
        self.figures = Counter(world.counts)
        self.customers = [
            item
            for item in self.items
            if item.kind == "root" and item.data["entity"] == "customer" and item.data["state"] == "active"
        ]
        for name in (
            "lost",
            "duplicated",
            "second-generation echoes",
            "windows over the limit",
            "differing systems",
        ):
            self.figures[name] = 0
        self._rest()
        self._equal()
        self._newest()
        self._echoes()
        self._once()
        self._limits()

    def say(self, figure, line):
        """One thing that does not hold."""
        self.figures[figure] += 1
        self.lines.append(f"{figure}: {line}")

    # Nothing is left to do, and nothing is given up.

    def _rest(self):
        for queue in (self.world.hub.inbound, self.world.hub.outbound):
            for stored in queue.waiting:
                self.say("left over", f"a message on a queue, received {stored.received} times")
            for message in queue.dead:
                self.say("dead letters", message.body[:200])
        for key in self.world.pending:
            self.say("left over", f"an image that nobody relayed: {key.sk}")
        for item in self.items:
            if item.agenda in OPEN:
                self.say("left over", f"{item.key.pk} is still {item.agenda}: {item.data.get('reason')}")
            if item.agenda == keys.PARKED and not self._may_park(item):
                told = {name: item.data.get(name) for name in ("state", "status", "reason", "place")}
                self.say("parked", f"{item.key.pk} {told}")

    def _may_park(self, item):
        """For a person: a letter that may have been sent, two records that no call can join."""
        if (item.data.get("state"), item.data.get("reason")) == ("by-hand", "two-records"):
            return True
        return item.kind == "act" and item.data.get("state") == "held" and "#thanks#" in item.key.pk

    # All systems have what the flows say.

    def _equal(self):
        hub = self.world.hub
        for root in self.customers:
            subject = subject_of(hub, root)
            if subject.fields.get("email") is None:
                continue
            for flow in hub.catalog.flows.values():
                if flow.on == "customer":
                    self._same(subject, hub.catalog.destination(flow.send[0].to))
        self._sales()

    def _same(self, subject, destination):
        connector, account, resource = destination.split(".")
        system = self.world.systems[f"{connector}.{account}"]
        key = keys.delivery(destination, "customer", subject.id)
        state = MemoryStore.read(self.world.hub.store, [key]).get(key)
        if state is None or "remote" not in state.data:
            self.say(
                "differing systems", f"{system.name} knows nothing of {subject.id}: {state and state.data}"
            )
            return
        record = system.customers.get(state.data["remote"])
        if record is None:
            if not self._deleted(system):
                self.say("differing systems", f"{system.name} has no {state.data['remote']}")
            return
        mapping = self.world.hub.catalog.mappings[f"{connector}.{resource}"]
        context = Context(self.world.hub.catalog.accounts[system.name], "2026-11-23T00:00:00.000000Z")
        ids = {"id": subject.id, "ids": {}}
        written = mapping.outward(subject.image, {**subject.image, **ids}, context)
        names = {path.partition(".")[0] for there, path in mapping.both.items() if there in written}
        wanted = {name: value for name, value in mapping.told_back(written, context).items() if name in names}
        told = mapping.inward(system.render(record), context).fields
        for name, value in wanted.items():
            if told.get(name) != value:
                self.say(
                    "differing systems",
                    f"{system.name} {record.id} {name}: {told.get(name)!r}, not {value!r}",
                )

    def _deleted(self, system):
        """Whether somebody deleted a record there, which is told again only when something changes."""
        return any(move.verb == "leave" for move in self.world.moves)

    def _sales(self):
        """Each paid order is one sale, one event, and at most one letter."""
        world = self.world
        erp, mail = world.systems.get("erp.main"), world.systems.get("mail.main")
        paid = {n: order for n, (_, order) in world.people.orders.items() if order.fields["status"] == "paid"}
        for number, order in paid.items():
            if erp is not None:
                sales = [sale for sale in erp.sales.values() if sale["ref"] == number]
                self._count("sale", number, len(sales))
                if sales and sales[0].get("note") != order.fields["note"]:
                    self.say(
                        "differing systems",
                        f"sale of {number}: {sales[0].get('note')!r}, not {order.fields['note']!r}",
                    )
            if mail is not None:
                events = [event for event in mail.events.values() if event["order"] == number]
                self._count("event", number, len(events))
                letters = [letter for letter in mail.letters if letter["order"] == number]
                if len(letters) > 1:
                    self.say("duplicated", f"{len(letters)} letters about {number}")
                if not letters and not self._held(number):
                    self.say("lost", f"no letter about {number}")

    def _count(self, what, number, count):
        if count == 0:
            self.say("lost", f"no {what} of {number}")
        if count > 1:
            self.say("duplicated", f"{count} {what}s of {number}")

    def _held(self, number):
        return any(item.kind == "act" and item.data.get("state") == "held" for item in self.items)

    # The newest edit stands.

    def _newest(self):
        edits = self._by_record()
        self.figures["edits overwritten before they were told"] += sum(map(self._overwritten, self._edits))
        self.figures["edits repeated before they were told"] += sum(map(self._repeated, self._edits))
        for root in self.customers:
            members = [keys.told(pk) for pk in root.data["records"]]
            held = [(told.source, told.id) for told in members]
            if any(self._is_gone(*one) for one in held):
                continue
            for field, canonical in KNOWN.items():
                self._newest_of(root, field, canonical, [edits.get((*one, field), []) for one in held])

    def _newest_of(self, root, field, canonical, edits):
        """`edits`: of each record of a customer those of one field."""
        golden = _golden(root, canonical)
        winners = self._winners(root, field, edits)
        if not winners or golden in winners:
            return
        sure = [[edit for edit in some if not edit.early] for some in edits]
        if sure != edits and golden in (self._winners(root, field, sure) or {golden}):
            self.figures["edits of an earlier value within ten minutes"] += 1
            return
        self.say("lost", f"{field} of {root.data['id']}: {golden!r} stands, {sorted(winners)} is newer")

    def _winners(self, root, field, edits):
        """The values of the newest of the last edits of each record that reached us."""
        heard = self._counted(root, field, [last for some in edits if (last := _last(some)) is not None])
        newest = max((edit.heard for edit in heard), default=None)
        return {canon(field, edit.value) for edit in heard if edit.heard == newest}

    @property
    def _edits(self):
        return self.world.people.written

    def _overwritten(self, edit):
        """Whether what we wrote stands where somebody made an edit that nobody told us of: no vendor here
        takes a condition with a write, so it cannot be known."""
        record = self.world.systems[edit.system].customers.get(edit.id)
        return edit.heard is None and record is not None and record.authors.get(edit.field, edit) is None

    def _repeated(self, edit):
        """Whether we wrote what somebody had edited before anybody told us of it: what the record says then
        may be ours as well, so it cannot be known whose, or since when it is."""
        return edit.heard is None and edit.repeated is not None and not self._overwritten(edit)

    def _counted(self, root, field, heard):
        """The edits that count: of a field with an owner the owner's, where it has said anything.

        Somebody else's later one is put back (all systems are equal), and stands in the conflict inbox.
        """
        owned = [edit for edit in heard if field == OWNED and edit.system.startswith(OWNER)]
        since = max((edit.heard for edit in owned), default=None)
        others = [edit for edit in heard if owned and edit not in owned and edit.heard > since]
        if any(canon(field, edit.value) != _golden(root, field) for edit in others):
            self.figures["changes of somebody else put back"] += 1
            if field not in root.data.get("contested", ()):
                self.say("conflicts that nobody sees", f"{field} of {root.data['id']}")
        return owned or heard

    def _by_record(self):
        """The edits that reached us, by record and field."""
        found = defaultdict(list)
        for edit in self._edits:
            found[edit.system, edit.id, edit.field].append(edit)
        return found

    def _is_gone(self, system, id):
        return id not in self.world.systems[system].customers

    # Nothing that we wrote comes back as news.

    def _echoes(self):
        for name, id in self.world.echoes:
            self.say("second-generation echoes", f"{name} of {id} changed by what we wrote ourselves")

    # At most one record of one customer, and one act.

    def _once(self):
        for root in self.customers:
            made = defaultdict(list)
            for pk in root.data["records"]:
                told = keys.told(pk)
                record = self.world.systems[told.source].customers.get(told.id)
                if record and record.ours:
                    made[told.source].append(record)
            for source, records in made.items():
                records.sort(key=lambda one: one.created)
                many = len(records) - 1 - len(root.data["absorbed"])
                silent = min(max(many, 0), sum(starmap(_was_silent, pairwise(records))))
                self.figures["records made again because nothing was told of the first"] += silent
                if many > silent:
                    told = f"{len(records)} records of {root.data['id']} were created at {source}"
                    self.say("duplicated", told)

    # No limit broken.

    def _limits(self):
        for system in self.world.systems.values():
            for _ in range(system.gauge.over):
                self.say("windows over the limit", system.name)
            for _ in range(system.gauge.early):
                self.say("windows over the limit", f"{system.name} was asked before its Retry-After was over")


def _golden(root, canonical):
    value = root.data["fields"].get(canonical, [None])[0]
    return value.get("city") if isinstance(value, dict) else value


def _last(edits):
    """The last edit of a record's field that reached us; the same value again counts from the first, unless
    ours stood there meanwhile."""
    runs = []
    for edit in (one for one in edits if one.heard is not None):
        if runs and not edit.anew and canon(edit.field, runs[-1].value) == canon(edit.field, edit.value):
            runs[-1].heard = min(runs[-1].heard, edit.heard)
        else:
            runs.append(edit)
    return max(runs, key=lambda edit: edit.heard, default=None)


def _was_silent(first, second):
    """Whether nobody can know of a record that a request without an answer made, when another is made in its
    place: its vendor told nothing of it, and it is long ago, or somebody has changed its address there."""
    unheard = first.told is None or first.told > second.created
    before = (one.authors.get("email") for one in first.versions if one.updated <= second.created)
    return unheard and (second.created - first.created >= UNHEARD - 1 or any(before))
