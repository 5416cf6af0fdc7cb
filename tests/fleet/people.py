"""What people do in the vendors' own screens: a list of moves, drawn before anything happens.

A move says where, what and (by dice between 0 and 1) to which record; what is there is seen when it is made.
"""

import random
from dataclasses import dataclass

from hub import keys
from hub.ledger import OVERTAKEN
from hub.pipeline.deliver import loops
from hub.times import to_epoch
from tests.fleet.systems import Edit
from tests.fleet.weather import DAY

TOWNS = "Cali", "Bogotá", "Pasto", "Tunja", "Neiva"
KNOWN = {"name": "name", "email": "email", "phone": "phone", "stage": "stage", "city": "address"}
"""The fields that people edit -> the canonical field (of an address, the town stands for all of it)."""

FIELDS = ("name", "name", "name", "phone", "email", "address", "stage")


@dataclass(frozen=True)
class Move:
    """`at`: seconds from the beginning; `verb`: what is done; `dice`: which record."""

    number: int
    at: float
    system: str
    verb: str
    dice: float
    other: float


def moves(rng: random.Random, systems) -> list[Move]:
    """The moves of a seed: people come to be known, then a few moments at which several are at work."""
    span = rng.choice((600.0, 7200.0, DAY, 2.5 * DAY))
    sells = [name for name in systems if name.startswith(("shop", "pos"))]
    made: list[tuple[float, str, str]] = []
    for _ in range(rng.randint(1, 3)):
        made.append((rng.uniform(0, span / 10), rng.choice(systems), "come"))
    for _ in range(rng.randint(1, 5)):
        moment = rng.uniform(0, span)
        for _ in range(rng.choice((1, 1, 2, 3))):
            verbs = ("edit",) * 9 + ("again", "revert", "come", "meet", "order", "note", "leave")
            verb = rng.choice(verbs)
            if verb in ("order", "note") and not sells:
                verb = "edit"
            where = rng.choice(sells) if verb in ("order", "note") else rng.choice(systems)
            made.append((moment + rng.choice((0.0, 1.0, 20.0)) * rng.random(), where, verb))
    made.sort()
    return [Move(n, *one, rng.random(), rng.random()) for n, one in enumerate(made)]


class People:
    """Makes the moves. `written`: every edit, in order; `orders`: number -> (system, record)."""

    def __init__(self, world):
        self.world = world
        self.rng = world.dice("people")
        self.written: list[Edit] = []
        self.orders: dict[str, tuple[str, object]] = {}
        self._values: dict[tuple[str, str, str], set[str]] = {}
        self._over_ours: dict[tuple[str, str], list[float]] = {}
        self.known = 0

    def make(self, move: Move):
        """Do it, where there is anything to do it to."""
        getattr(self, f"_{move.verb}")(self.world.systems[move.system], move)

    # The verbs.

    def _come(self, system, move):
        """Somebody new, or (by the dice) somebody whom another system knows already."""
        others = [one for other in self.world.systems.values() for one in other.customers.values()]
        same = [one for one in others if one.fields.get("email")]
        if same and move.other < 0.5:
            email = same[int(move.dice * len(same))].fields["email"]
        else:
            self.known += 1
            email = f"{self.rng.choice(('Persona', 'persona'))}{self.known}@correo.co"
        if any((one.fields.get("email") or "").lower() == email.lower() for one in system.customers.values()):
            return
        fields = {"email": email, "name": f"Ana {move.number}"}
        if move.other > 0.3 and "phone" in system.shape:
            fields["phone"] = self._phone(move)
        self._write(system, None, fields)

    def _edit(self, system, move):
        record = self._one(system, move.dice)
        name = FIELDS[int(move.other * len(FIELDS))]
        if record is None:
            return
        if name == "address":
            fields = {"city": f"{TOWNS[move.number % len(TOWNS)]} {move.number}"}
            if "line1" in system.shape:
                fields["line1"] = f"Calle {move.number}"
        elif name == "phone":
            fields = {"phone": self._phone(move)}
        elif name == "email":
            fields = {"email": f"nuevo{move.number}@correo.co"}
        else:
            fields = {name: f"{name.title()} {move.number}"}
        if set(fields) <= set(system.shape):
            self._write(system, record, fields)

    def _again(self, system, move):
        """The same person corrects what they wrote a moment ago."""
        self._edit(system, move)
        self.world.later(1 + 30 * move.other, lambda: self._name(system, move))

    def _name(self, system, move):
        record = self._one(system, move.dice)
        if record is not None:
            self._write(system, record, {"name": f"Again {move.number}"})

    def _revert(self, system, move):
        """What a field said before is right after all; after a quarter of an hour, at the earliest."""
        record = self._one(system, move.dice)
        if record is None or self.world.clock() - record.overwritten < 1200:
            return
        before = record.fields.get("name")
        self._write(system, record, {"name": f"Wrong {move.number}"})
        if before:
            wait = 901 + 3000 * move.other
            self.world.later(wait, lambda: self._back(system, record, before))

    def _back(self, system, record, before):
        if not record.gone and self.world.clock() - record.overwritten > 1200:
            self._write(system, record, {"name": before})

    def _meet(self, system, move):
        """A record gets the phone of another: two customers turn out to be one."""
        record = self._one(system, move.dice)
        phones = [
            one.fields["phone"]
            for other in self.world.systems.values()
            for one in other.customers.values()
            if one.fields.get("phone")
        ]
        if record is not None and phones and "phone" in system.shape:
            self._write(system, record, {"phone": phones[int(move.other * len(phones))]})

    def _order(self, system, move):
        record = self._one(system, move.dice)
        if record is None or not record.fields.get("email"):
            return
        number = f"{system.name}-{move.number}"
        status = "paid" if move.other < 0.6 else "open"
        fields = {"number": number, "status": status, "note": f"Note {move.number}"}
        order = system.put("orders", system.next_id(), fields, self._edits(system, "", fields), linked=record)
        self.orders[number] = (system.name, order)
        self.world.tell(f"{system.name}: order {number} is placed, {status}")
        if status == "open":
            self.world.later(30 + 600 * move.other, lambda: self._pay(system, order))

    def _pay(self, system, order):
        system.put("orders", order.id, {"status": "paid"}, self._edits(system, order.id, {"status": "paid"}))
        self.world.tell(f"{system.name}: order {order.fields['number']} is paid")

    def _note(self, system, move):
        orders = list(system.tables["orders"].values())
        if orders:
            order = orders[int(move.dice * len(orders))]
            if system.time() == order.updated:
                self.world.later(1.1, lambda: self._note(system, move))
                return
            fields = {"note": f"Note {move.number}"}
            system.put("orders", order.id, fields, self._edits(system, order.id, fields))
            self.world.tell(f"{system.name}: order {order.fields['number']} says {fields['note']!r}")

    def _leave(self, system, move):
        """A record is deleted there."""
        record = self._one(system, move.dice)
        if record is not None and move.other < 0.5 and system.told and not self._buyer(system, record):
            self.world.tell(f"{system.name}: {record.id} is deleted")
            system.delete("customers", record.id)

    # Their means.

    def _phone(self, move):
        phone = f"+57310555{move.number % 10_000:04d}"
        return phone if move.other < 0.5 else phone[3:]

    def _one(self, system, dice):
        found = list(system.customers.values())
        return found[int(dice * len(found))] if found else None

    def _buyer(self, system, record):
        return any(order.linked is record for order in system.tables["orders"].values())

    def _write(self, system, record, fields):
        """What a person writes; not twice within a second, which no clock of seconds could tell apart."""
        now = self.world.clock()
        if record is not None and (now - record.edited < 1.0 or system.time() == record.updated):
            self.world.later(1.1, lambda: record.gone or self._write(system, record, fields))
            return
        id = record.id if record else system.next_id()
        changed = {
            k: v for k, v in fields.items() if record is None or record.fields.get(k) != system.writing(k, v)
        }
        if not changed or self._is_put_off(system, record, changed, now):
            return
        edits = self._edits(system, id, changed, record)
        written = system.put("customers", id, changed, edits)
        written.edited = now
        self.world.tell(f"{system.name}: a person writes {id} {changed}")

    def _is_put_off(self, system, record, changed, now):
        """Whether somebody gives up for now: who writes over ours a fifth time within ten minutes is taken
        for an automation that answers us, and left alone."""
        if record is None or all(
            record.authors[name] is not None for name in changed if name in record.fields
        ):
            return False
        made = self._over_ours.setdefault((system.name, record.id), [])
        made[:] = [at for at in made if now - at < loops.WINDOW + 60]
        if len(made) == loops.ANSWERED:
            return True
        made.append(now)
        return False

    def _edits(self, system, id, fields, record=None):
        """The edits of these fields; one that says the same in other letters is none that could be lost."""
        edits = {name: Edit(system.name, id, name, value, system.time()) for name, value in fields.items()}
        for name, edit in edits.items():
            before = record.fields.get(name) if record else None
            edit.anew = before is not None and record.authors[name] is None
            edit.early = record is not None and _is_early(system, record, edit)
            if before is None or canon(name, before) != canon(name, edit.value):
                self.written.append(edit)
        for name, value in fields.items():
            canonical = "address" if name == "city" else name
            self._values.setdefault((system.name, id, canonical), set()).add(canon(name, value))
        return edits

    def said(self, item):
        """A record as it was committed: what stands in its registers reached us, fetched or not."""
        told = keys.told(item.key.pk)
        for edit in self.written:
            if (edit.system, edit.id) == (told.source, told.id):
                value, since = register(item, KNOWN.get(edit.field))
                if value is not None and canon(edit.field, edit.value) == value and since >= edit.at - 1e-6:
                    edit.heard = since if edit.heard is None else min(edit.heard, since)

    def values(self, system, id, field):
        """The normal forms that people ever wrote into a field of a record."""
        return self._values.get((system, id, field), set())


def _is_early(system, record, edit):
    """Whether it sets again what we wrote there once, where nobody can tell whether it did so before or after
    our last write: the answers do not say when they were there, and the vendor's clock may be off."""
    ours = system.writing(edit.field, edit.value) in record.written.get(edit.field, ())
    return ours and not system.timed and edit.at <= record.overwritten + OVERTAKEN


def register(item, canonical):
    """What a record says of a field, and since when (of an address its town)."""
    held = item.data.get("registers", {}).get(canonical)
    if held is None:
        return None, None
    value = held[0].get("city") if isinstance(held[0], dict) else held[0]
    return value, to_epoch(held[1][0][0])


def canon(field, value):
    """The normal form of what a person wrote."""
    if value is None:
        return None
    if field == "phone":
        value = value.replace(" ", "")
        return value if value.startswith("+") else f"+57{value}"
    return value.lower() if field == "email" else value.strip()
