"""No repr of an object of the hub shows a value of a person or a secret, nor does an exception with one.

Every dataclass and named tuple of what runs in Lambda is built with a canary in each field.
"""

import dataclasses
import importlib
import pkgutil
import traceback

import pytest

import hub
from hub.archive import MemoryArchive
from hub.errors import FileError, PauseError, Place, RecordError, RetryError
from hub.identity import peppers
from hub.messages import Event
from hub.pipeline import Hub
from hub.reprs import discreet
from hub.secrets import AwsSecrets, MemorySecrets
from hub.settings import Settings
from hub.store import Conflict, Key
from hub.store.memory import MemoryStore

CANARY = "canario.amarillo@correo.example"
AT_A_KEYBOARD = {
    "hub.artifact", "hub.checks", "hub.cli", "hub.contract", "hub.demo", "hub.drift", "hub.engine",
    "hub.listing", "hub.narrative", "hub.plan", "hub.proof", "hub.proposal", "hub.runner", "hub.samples",
    "hub.schemas", "hub.simulator",
}  # fmt: skip
"""Never in a Lambda."""

OF_THE_FILES = (
    "hub.accounts", "hub.catalog", "hub.connector", "hub.documents", "hub.entity", "hub.errors",
    "hub.expressions", "hub.flow", "hub.mapping",
)  # fmt: skip
"""Rooms whose other classes hold what the files of the repository say."""

PLAIN = {
    "hub.breaker.Gate", "hub.limiter.Grant", "hub.limiter.Ticket",  # numbers of limits, names of leases
    "hub.store.tally.Counted", "hub.store.tally.Tally",  # the same
    "hub.golden.Policy", "hub.golden.Stamp",  # how a field is decided; times and hashes
    "hub.identity.Guards", "hub.pipeline.unify.rules.Rules",  # of the files
    "hub.pipeline.consents.Consented",  # names of channel, purpose and field
    "hub.pipeline.deliver.target.Switches", "hub.pipeline.deliver.target.Target",  # of the files
    "hub.pipeline.erase.Done",  # counts
    "hub.pipeline.load.Loaded",  # what is logged
    "hub.pipeline.poll.source.Source", "hub.pipeline.receive.Door",  # of the files
    "hub.pipeline.serve.Route", "hub.pipeline.subscriptions.Door",  # of the files
    "hub.pipeline.subscriptions.Looked",  # what is logged
    "hub.pipeline.unify.Result",  # what is logged
    "hub.pipeline.unify.batch.Source",  # the name of an object in the archive: a date and a digest
    "hub.tax_ids.Kind",  # the rules of a country's documents
    "hub.traits.Scoring",  # of the files
    "hub.settings.Settings",  # names and addresses of the stack
}  # fmt: skip
"""Classes that hold no value: each with its reason."""

SHOWABLE = {
    "account", "at", "channel", "connector", "created", "dedup", "delivery", "destination", "drift",
    "end", "entity", "entry", "epoch", "flow", "group", "hash", "id", "item", "kind", "lane", "limit", "line",
    "method",
    "names", "namespace", "news", "op", "preview", "purpose", "received_at", "receives", "replay", "resource",
    "role", "rounds", "same", "size", "source", "state", "status", "strong", "topic", "version", "via", "why",
}  # fmt: skip
"""Fields that a repr may show: names, counts, times, hashes; `id` only of our own entities."""


def classes():
    for module in pkgutil.walk_packages(hub.__path__, "hub."):
        if ".".join(module.name.split(".")[:2]) in AT_A_KEYBOARD:
            continue
        for name, found in vars(importlib.import_module(module.name)).items():
            made_here = isinstance(found, type) and found.__module__ == module.name
            if made_here and (dataclasses.is_dataclass(found) or hasattr(found, "_fields")):
                yield pytest.param(found, id=f"{module.name}.{name}")


def fields(cls):
    return [one.name for one in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else cls._fields


def filled(cls, value):
    """An instance with this value in each field."""
    if hasattr(cls, "_fields"):
        return cls._make([value] * len(cls._fields))
    made = object.__new__(cls)
    for name in fields(cls):
        object.__setattr__(made, name, value)
    return made


def shown(made):
    """The fields that a repr shows, found by what is in them."""
    found = set()
    for name in fields(type(made)):
        values = {other: f"<{other}>" for other in fields(type(made))}
        if f"<{name}>" in repr(_with(type(made), values)):
            found.add(name)
    return found


def _with(cls, values):
    if hasattr(cls, "_fields"):
        return cls(**values)
    made = object.__new__(cls)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def plain(cls):
    name = f"{cls.__module__}.{cls.__qualname__}"
    return name in PLAIN or (
        cls.__module__.startswith(OF_THE_FILES) and "told" not in cls.__repr__.__qualname__
    )


@pytest.mark.parametrize("cls", list(classes()))
def test_a_repr_shows_only_fields_that_hold_no_value(cls):
    if plain(cls) or cls is Key:
        return
    assert shown(filled(cls, "x")) <= SHOWABLE, f"mark {cls.__qualname__} with @discreet(…) of hub.reprs"


VALUES = {
    "hub.connector.exchange": ("Request", "Reply", "HttpRequest", "HttpResponse"),
    "hub.mapping.model": ("Incoming", "Consent"),
    "hub.expressions.scope": ("Scope", "Spot"),
}


@pytest.mark.parametrize(("module", "names"), VALUES.items())
def test_what_holds_values_in_the_rooms_of_the_files_is_marked(module, names):
    for name in names:
        cls = getattr(importlib.import_module(module), name)
        assert not plain(cls)
        assert shown(filled(cls, "x")) <= SHOWABLE


def test_a_key_shows_whose_item_it_is_and_not_which_record():
    key = Key(f"REC#whatsapp#main#contact#{CANARY}", f"T#2026#{CANARY}")
    assert repr(key) == "Key(REC#whatsapp#main#contact#…, T)"
    assert (
        repr(Key(f"ACT#mail.main.event#reminder#{CANARY}", "ACT"))
        == "Key(ACT#mail.main.event#reminder#…, ACT)"
    )
    assert repr(Key("ENT#customer#c-1", "ROOT")) == "Key(ENT#customer#c-1, ROOT)"


def parts():
    secret = {"1": CANARY}
    made = Hub(Settings(), catalog=None)
    store = MemoryStore()
    return [
        made,
        store,
        peppers([secret]),
        MemorySecrets({"x": [secret]}),
        AwsSecrets("x", lambda: 0),
        MemoryArchive(),
    ]


@pytest.mark.parametrize("part", parts(), ids=lambda part: type(part).__name__)
def test_the_parts_of_the_hub_show_nothing_of_what_they_hold(part):
    assert CANARY not in repr(part)


EVENT = Event("shop", "co", "customer", "t", CANARY, (CANARY,), "2026", record={"email": CANARY})


@pytest.mark.parametrize(
    "error",
    [
        ValueError(EVENT),
        KeyError(Key(f"REC#a#b#c#{CANARY}", "REC")),
        Conflict([Key(f"REC#a#b#c#{CANARY}", "REC")]),
        RecordError("bad-value", "not understood", Place("m.yaml", 1, 1)),
        RetryError("timeout"), PauseError("refused", "shop.co"),
        FileError("code", "message", Place("m.yaml", 1, 1)),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_an_exception_that_holds_objects_shows_none_of_their_values(error):
    outer = RuntimeError(error)
    outer.__cause__ = error
    assert CANARY not in "".join(traceback.format_exception(outer))
    assert CANARY not in repr(outer)


def test_a_class_that_is_not_marked_would_be_found():
    @dataclasses.dataclass
    class Loud:
        email: str

    assert shown(Loud("x")) == {"email"}
    assert shown(discreet()(Loud)("x")) == set()
