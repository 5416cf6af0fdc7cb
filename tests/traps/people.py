"""Invented people in seven systems, and the traps that make strangers look alike or one person look like two.

Each case is a few people whose records are known to be theirs: (who, event) in the order of time. What is
told is typed as people type it; the files' own normal forms and guards are at work.
"""

import random
from pathlib import Path
from types import SimpleNamespace

from hub.documents import read
from hub.entity import Entity
from hub.mapping import Incoming
from tests.hub.pipeline.world import FakeConnector, account, event

CUSTOMER = Entity(read(Path(__file__).parents[2] / "entities/customer.yaml", Path(__file__).parents[2]))
ROLES = {
    "shop.co": "shop", "outlet.co": "shop", "pos.one": "pos", "crm.main": "crm", "erp.main": "erp",
    "chat.co": "support", "app.co": "app",
}  # fmt: skip
FIRST = [
    "lucía",
    "andrés",
    "maría",
    "josé",
    "camila",
    "juan",
    "valentina",
    "diego",
    "sofía",
    "mateo",
    "inés",
    "raúl",
]
LAST = ["fernández", "ríos", "gómez", "silva", "rojas", "castro", "mejía", "ortiz", "vargas", "luna", "pardo"]
HOSTS = ["correo.example", "buzon.example", "mail.example", "mi-casa.example"]


class Mapping:
    """Takes canonical fields as they were typed, and leaves out what has no normal form."""

    entity = "customer"

    def __init__(self, name):
        self.name = name

    def inward(self, record, context):
        fields = {}
        for name, value in record.items():
            if name in CUSTOMER.fields:
                try:
                    fields[name] = CUSTOMER.fields[name].normalise(value, region="CO")
                except ValueError:
                    continue
        return Incoming(fields, (), ())


def files():
    """The shipped model of a customer over seven systems."""
    return SimpleNamespace(
        revision="r1",
        entities={"customer": CUSTOMER},
        connectors={name.split(".")[0]: FakeConnector(name.split(".")[0], writable=False) for name in ROLES},
        accounts={name: account(name, role) for name, role in ROLES.items()},
        owners=SimpleNamespace(owner=lambda entity, field: None),
        mappings_of=lambda connector, resource: [Mapping(f"{connector}.{resource}")],
    )


class Town:
    """Makes people who share nothing, and tells of them."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.count = 0
        self.told = []

    def person(self):
        """Somebody with a mail, a phone, a document and a card that nobody else has."""
        self.count += 1
        n = self.count
        first, last = self.rng.choice(FIRST), self.rng.choice(LAST)
        phone = 3_100_000_000 + (n * 7_919_011 + 104_729) % 119_000_000
        return SimpleNamespace(
            name=f"{first} {last}",
            email=f"{plain(first)}.{plain(last)}{n}@{self.rng.choice(HOSTS)}",
            phone=f"+57{phone}",
            tax_id=str(1_010_000_000 + n * 37),
            loyalty_id=f"C-{n:06d}",
            device_id=f"dev-{n:08x}",
        )

    def tell(self, who, source, id, **fields):
        """One event of a record: `who` it truly is."""
        n = len(self.told) + 1
        at = self.rng.randint(1, 1400)
        typed = {name: self.typed(name, value) for name, value in fields.items() if value}
        self.told.append((who, event(source, id, n, at=at, given_name=who.name, **typed)))

    def typed(self, name, value):
        """A value as people type it."""
        rng = self.rng
        if name == "email":
            return rng.choice([value, value.upper(), f" {value} ", value.title()])
        if name == "phone" and value.startswith("+57"):
            bare = value[3:]
            return rng.choice(
                [
                    value,
                    bare,
                    f"{bare[:3]} {bare[3:6]} {bare[6:]}",
                    f"(+57) {bare[:3]}-{bare[3:]}",
                    f"0057{bare}",
                ]
            )
        if name == "tax_id" and value.isdigit():
            return rng.choice([value, f" {value} "])
        return value

    def id(self):
        """The id of a new record."""
        return str(10_000 + len(self.told))

    def login(self, who, source="shop.co", **fields):
        """An account of a web shop."""
        self.tell(who, source, self.id(), **fields)

    def guest(self, who, source="shop.co", **fields):
        """A checkout without an account: a record of its own under the order's."""
        self.tell(who, source, f"order/{self.id()}", **fields)


def plain(text):
    return text.translate(str.maketrans("áéíóúñ", "aeioun"))


# One person who looks like several


def everywhere(town):
    """Six systems with the same person, typed in six ways."""
    who = town.person()
    town.login(who, email=who.email, phone=who.phone)
    town.login(who, "outlet.co", email=who.email)
    town.tell(who, "crm.main", town.id(), email=who.email, phone=who.phone)
    town.tell(who, "pos.one", town.id(), phone=who.phone, loyalty_id=who.loyalty_id)
    town.tell(who, "erp.main", town.id(), tax_id=who.tax_id, email=who.email)
    town.tell(who, "chat.co", town.id(), phone=who.phone)


def chain(town):
    """Cart with a mail, chat with a phone, the till with both a phone and a card, the ERP with a document."""
    who = town.person()
    town.guest(who, email=who.email)
    town.tell(who, "chat.co", town.id(), phone=who.phone)
    town.tell(who, "crm.main", town.id(), email=who.email, phone=who.phone, tax_id=who.tax_id)
    town.tell(who, "pos.one", town.id(), loyalty_id=who.loyalty_id, tax_id=who.tax_id)
    town.tell(who, "erp.main", town.id(), tax_id=who.tax_id)


def guests(town):
    """The same guest checks out again and again, then opens an account."""
    who = town.person()
    for _ in range(3):
        town.guest(who, email=who.email, phone=who.phone if town.rng.random() < 0.5 else "")
    town.login(who, email=who.email)


def changed_mail(town):
    """A new mail at one source, the old one at another: the record that had both is the bridge."""
    who = town.person()
    other = town.person()
    id = town.id()
    town.tell(who, "crm.main", id, email=who.email)
    town.tell(who, "crm.main", id, email=other.email)
    town.login(who, email=other.email)
    town.tell(who, "erp.main", town.id(), email=who.email, tax_id=who.tax_id)


def changed_phone(town):
    """A new phone at the till; the chat knows the old one."""
    who, other = town.person(), town.person()
    id = town.id()
    town.tell(who, "pos.one", id, phone=who.phone, loyalty_id=who.loyalty_id)
    town.tell(who, "pos.one", id, phone=other.phone, loyalty_id=who.loyalty_id)
    town.tell(who, "chat.co", town.id(), phone=who.phone)
    town.tell(who, "chat.co", town.id(), phone=other.phone)


def typo_in_mail(town):
    """A cashier mistypes a mail; the phone is right."""
    who = town.person()
    town.login(who, email=who.email, phone=who.phone)
    town.tell(who, "pos.one", town.id(), email=slip(town.rng, who.email), phone=who.phone)
    town.tell(who, "erp.main", town.id(), email=who.email, tax_id=who.tax_id)


def typo_in_phone(town):
    """A phone with two digits swapped; mail and document are right."""
    who = town.person()
    town.login(who, email=who.email, phone=who.phone)
    town.tell(
        who, "crm.main", town.id(), email=who.email, phone=swapped(town.rng, who.phone), tax_id=who.tax_id
    )
    town.tell(who, "erp.main", town.id(), tax_id=who.tax_id)


def typo_in_document(town):
    """A document that was corrected: the same record told both."""
    who, other = town.person(), town.person()
    id = town.id()
    town.tell(who, "erp.main", id, tax_id=other.tax_id, email=who.email)
    town.tell(who, "erp.main", id, tax_id=who.tax_id, email=who.email)
    town.login(who, email=who.email, phone=who.phone)
    town.tell(who, "pos.one", town.id(), tax_id=who.tax_id)


def typo_that_hides(town):
    """A guest with a mistyped mail and nothing else right: no rule can know, and none should guess."""
    who = town.person()
    town.login(who, email=who.email, phone=who.phone)
    town.tell(who, "crm.main", town.id(), email=who.email)
    town.tell(who, "erp.main", town.id(), email=who.email, tax_id=who.tax_id)
    town.tell(who, "pos.one", town.id(), phone=who.phone)
    town.tell(who, "chat.co", town.id(), phone=who.phone)
    town.login(who, "outlet.co", email=who.email)
    if town.rng.random() < 0.06:
        town.guest(who, email=slip(town.rng, who.email))


def twice_in_the_crm(town):
    """Sales entered the same person twice."""
    who = town.person()
    town.tell(who, "crm.main", town.id(), email=who.email, phone=who.phone)
    town.tell(who, "crm.main", town.id(), phone=who.phone)
    town.login(who, email=who.email)


def app_and_web(town):
    """A device before its owner is known, then the same device with a login."""
    who = town.person()
    town.tell(who, "app.co", town.id(), device_id=who.device_id)
    town.login(who, device_id=who.device_id, email=who.email)


# Several people who look like one


def couple(town):
    """Two accounts of one shop with one phone; one of them is also known elsewhere by it."""
    one, two = town.person(), town.person()
    town.login(one, email=one.email, phone=one.phone)
    town.login(two, email=two.email, phone=one.phone)
    town.tell(one, "crm.main", town.id(), email=one.email, phone=one.phone)
    town.tell(two, "crm.main", town.id(), email=two.email, phone=one.phone)


def family_card(town):
    """A family mail at the till, a loyalty card each."""
    family = [town.person() for _ in range(3)]
    for who in family:
        town.tell(who, "pos.one", town.id(), email=family[0].email, loyalty_id=who.loyalty_id)
        town.login(who, email=who.email if who is not family[0] else "", loyalty_id=who.loyalty_id)


def shared_phone_at_the_till(town):
    """Two cards with one phone and a mail each."""
    one, two = town.person(), town.person()
    town.tell(one, "pos.one", town.id(), email=one.email, phone=one.phone)
    town.tell(two, "pos.one", town.id(), email=two.email, phone=one.phone)
    town.login(one, email=one.email)
    town.login(two, email=two.email)


def role_mail(town):
    """Employees who all gave the firm's mailbox."""
    box = town.rng.choice(["info", "ventas", "contacto", "facturacion", "compras", "noreply", "recepcion"])
    mail = f"{box}@firma{town.count}.example"
    for _ in range(3):
        who = town.person()
        town.tell(
            who, town.rng.choice(["crm.main", "erp.main", "shop.co"]), town.id(), email=mail, phone=who.phone
        )


def placeholders(town):
    """What people and tills type when they must type something."""
    fillers = {
        "email": [
            "noreply@tienda.example",
            "no@no.com",
            "test@test.com",
            "cliente@example.com",
            "sin@sincorreo.com",
        ],
        "phone": ["3000000000", "+573333333333", "3001234567", "+15555550100"],
        "tax_id": ["222222222222", "0", "000000000", "N/A", "1111111111"],
    }
    for source in ("pos.one", "crm.main", "erp.main"):
        who = town.person()
        name = town.rng.choice(list(fillers))
        own = {"email": who.email, "phone": who.phone, "tax_id": who.tax_id}
        rest = town.rng.choice([kind for kind in own if kind != name])
        town.tell(who, source, town.id(), **{name: town.rng.choice(fillers[name]), rest: own[rest]})


def recycled_mail(town):
    """An address that was given up, and taken by somebody else who opened an account with it."""
    one, two = town.person(), town.person()
    town.login(one, email=one.email, phone=one.phone)
    town.login(two, email=one.email, phone=two.phone)
    town.tell(one, "pos.one", town.id(), phone=one.phone)
    town.tell(two, "chat.co", town.id(), phone=two.phone)


def shared_device(town):
    """Two people on one tablet."""
    one, two = town.person(), town.person()
    town.tell(one, "app.co", town.id(), device_id=one.device_id, email=one.email)
    town.tell(two, "app.co", town.id(), device_id=one.device_id, email=two.email)
    town.login(one, email=one.email)
    town.login(two, email=two.email)


def number_of_the_house(town):
    """The till's own number, typed in for whoever has none."""
    house = town.person()
    for _ in range(7):
        who = town.person()
        town.tell(who, "pos.one", town.id(), phone=house.phone, loyalty_id=who.loyalty_id)


def relay(town):
    """A marketplace hides its buyers behind addresses of its own."""
    mail = f"pedido{town.count}@marketplace.amazon.com.mx"
    for _ in range(2):
        who = town.person()
        town.guest(who, email=mail, phone=who.phone)


def claimed_in_a_chat(town):
    """Somebody in a chat gives another person's document: a chat is not trusted with it."""
    one, two = town.person(), town.person()
    town.tell(one, "erp.main", town.id(), tax_id=one.tax_id, email=one.email)
    town.tell(two, "chat.co", town.id(), tax_id=one.tax_id, phone=two.phone)


SAME = (
    everywhere, chain, guests, changed_mail, changed_phone, typo_in_mail, typo_in_phone, typo_in_document,
    typo_that_hides, twice_in_the_crm, app_and_web,
)  # fmt: skip
DIFFERENT = (
    couple, family_card, shared_phone_at_the_till, role_mail, placeholders, recycled_mail, shared_device,
    number_of_the_house, relay, claimed_in_a_chat,
)  # fmt: skip


def slip(rng, mail):
    """A mail with two neighbouring characters swapped."""
    place = rng.randrange(1, mail.index("@") - 1)
    slipped = mail[:place] + mail[place + 1] + mail[place] + mail[place + 2 :]
    return slipped if slipped != mail else f"x{mail}"


def swapped(rng, phone):
    """A phone with two different neighbouring digits swapped."""
    places = [n for n in range(6, len(phone) - 1) if phone[n] != phone[n + 1]]
    place = rng.choice(places)
    return phone[:place] + phone[place + 1] + phone[place] + phone[place + 2 :]
