"""Odoo's JSON-2 API: partners and sales by search_read, read, create and write."""

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Any

from hub.demo.vendors.exchange import Answer, Asked, Route, dispatch
from hub.demo.vendors.journal import Row, Tables
from hub.times import parse

_FIELDS = {
    "res.partner": frozenset(
        """name email phone vat is_company street street2 city zip country_id lang active ref
        comment""".split()  # noqa: SIM905
    ),
    "sale.order": frozenset({"partner_id", "client_order_ref", "date_order", "order_line", "note"}),
}
_READ_ONLY = {
    "res.partner": frozenset(
        {"id", "create_date", "write_date", "email_normalized", "country_code", "commercial_company_name"}
    ),
    "sale.order": frozenset({"id", "create_date", "write_date"}),
}
"""Fields that are kept or computed there, and can be asked for."""
_TABLES = {"res.partner": "partner", "sale.order": "order"}
_FIRST = {"partner": 101, "order": 1}

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, wanted: bool(value == wanted),
    "!=": lambda value, wanted: bool(value != wanted),
    ">=": lambda value, wanted: bool(value) and bool(value >= wanted),
    ">": lambda value, wanted: bool(value) and bool(value > wanted),
    "in": lambda value, wanted: value in wanted,
    "=ilike": lambda value, wanted: bool(value) and str(value).lower() == str(wanted).lower(),
}


class Odoo:
    """One database. A call is one transaction: it happens whole or not at all."""

    def __init__(self, tables: Tables, secrets: dict[str, str]) -> None:
        self.tables = tables
        self.key = secrets["api_key"]
        self.routes: tuple[Route, ...] = tuple(
            ("POST", rf"/json/2/(res\.partner|sale\.order)/{name}", action)
            for name, action in {
                "search_read": self._search,
                "read": self._read,
                "create": self._create,
                "write": self._write,
            }.items()
        )

    def admits(self, headers: dict[str, str]) -> bool:
        """A bearer token: the user's API key."""
        return headers.get("authorization") == f"Bearer {self.key}"

    def answer(self, asked: Asked) -> Answer:
        """A method of a model."""
        return dispatch(self.routes, asked) or self._error(
            404, "werkzeug.exceptions.NotFound", "no such method"
        )

    def refuse(self, status: int) -> Any:
        """Odoo's error body."""
        return {"name": f"demo.{status}", "message": "refused", "arguments": [], "context": {}, "debug": ""}

    def seed(self, resource: str, record: Any) -> None:
        """A record as `read` shows it."""
        self.tables.put(resource, str(record["id"]), record)

    def edit(self, resource: str, record: Any) -> Answer:
        """Somebody saves the form."""
        self.tables.clock.reach(parse(record["write_date"]))
        told = {name: value for name, value in record.items() if value is not False}
        before = self.tables.get(resource, str(record["id"])) or {}
        self.tables.put(resource, str(record["id"]), {**record, **before, **told})
        return Answer(200, True, facts={"id": record["id"]})

    def _search(self, asked: Asked, model: str) -> Answer:
        if problem := self._unknown(model, asked.body.get("fields") or (), _READ_ONLY[model]):
            return problem
        rows = [_computed(row) for row in self.tables.rows(_TABLES[model]).values()]
        found = [row for row in rows if row.get("active", True) and _fits(row, asked.body.get("domain", []))]
        for part in reversed(asked.body.get("order", "id").split(",")):
            name, _, way = part.strip().partition(" ")
            found.sort(key=itemgetter(name), reverse=way == "desc")
        start = int(asked.body.get("offset") or 0)
        page = found[start : start + int(asked.body.get("limit") or len(found))]
        shown = [_shown(row, asked.body.get("fields")) for row in page]
        return Answer(200, shown, facts={"model": model, "found": len(shown)})

    def _read(self, asked: Asked, model: str) -> Answer:
        if problem := self._unknown(model, asked.body.get("fields") or (), _READ_ONLY[model]):
            return problem
        rows = [self.tables.get(_TABLES[model], str(id)) for id in asked.body["ids"]]
        if None in rows:
            return self._missing()
        return Answer(200, [_shown(_computed(row or {}), asked.body.get("fields")) for row in rows])

    def _create(self, asked: Asked, model: str) -> Answer:
        told = asked.body["vals_list"]
        problem = next(filter(None, (self._problem(model, values, new=True) for values in told)), None)
        if problem:
            return problem
        ids = [self._insert(model, values) for values in told]
        return Answer(200, ids, facts={"model": model, "ids": ids, "created": len(ids)})

    def _insert(self, model: str, values: Row) -> int:
        table = _TABLES[model]
        id = self.tables.number(table, _FIRST[table])
        at = self._now()
        blank: Row = dict.fromkeys(sorted(_FIELDS[model]), False)
        row = {**blank, "active": True, **values, "id": id, "create_date": at, "write_date": at}
        self.tables.put(table, str(id), row)
        return id

    def _write(self, asked: Asked, model: str) -> Answer:
        table, values = _TABLES[model], asked.body["vals"]
        rows = {str(id): self.tables.get(table, str(id)) for id in asked.body["ids"]}
        if None in rows.values():
            return self._missing()
        if problem := self._problem(model, values, new=False):
            return problem
        changed = sorted(
            {name for row in rows.values() for name in values if (row or {}).get(name) != values[name]}
        )
        for id, row in rows.items():
            self.tables.put(table, id, {**(row or {}), **values, "write_date": self._now()})
        return Answer(200, True, facts={"model": model, "ids": asked.body["ids"], "changed": changed})

    def _problem(self, model: str, values: Row, *, new: bool) -> Answer | None:
        if problem := self._unknown(model, values):
            return problem
        if new and model == "res.partner" and not values.get("name"):
            return self._error(422, "odoo.exceptions.ValidationError", "Contacts require a name")
        if (
            new
            and model == "sale.order"
            and self.tables.get("partner", str(values.get("partner_id"))) is None
        ):
            return self._error(
                422, "odoo.exceptions.ValidationError", "An order needs a customer that exists"
            )
        return None

    def _unknown(self, model: str, names: Iterable[str], also: frozenset[str] = frozenset()) -> Answer | None:
        unknown = sorted(set(names) - _FIELDS[model] - also)
        if not unknown:
            return None
        return self._error(422, "builtins.ValueError", f"Invalid field '{unknown[0]}' on '{model}'")

    def _now(self) -> str:
        return self.tables.clock()[:19].replace("T", " ")

    def _missing(self) -> Answer:
        return self._error(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.")

    def _error(self, status: int, name: str, message: str) -> Answer:
        return Answer(
            status, {**self.refuse(status), "name": name, "message": message, "arguments": [message]}
        )


def _computed(row: Row) -> Row:
    email = row.get("email")
    return {**row, "email_normalized": email.strip().lower() if email else False}


def _fits(row: Row, domain: list[Any]) -> bool:
    """Whether a row is in a domain: terms in Polish notation, all of those at the top must hold."""
    terms = iter(domain)
    return all(_holds(row, term, terms) for term in terms)


def _holds(row: Row, term: Any, terms: Iterator[Any]) -> bool:
    if term in ("|", "&"):
        sides = [_holds(row, next(terms), terms) for _ in range(2)]
        return any(sides) if term == "|" else all(sides)
    name, operator, wanted = term
    return _OPERATORS[operator](row.get(name, False), wanted)


def _shown(row: Row, names: list[str] | None) -> Row:
    return {name: row.get(name, False) for name in ["id", *(names or row)]}
