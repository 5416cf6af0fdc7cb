"""HubSpot: contacts by id and email, search, and webhooks for every change, our own writes included."""

from typing import Any

from hub.demo.vendors.exchange import Answer, Asked, Route, Webhook, dispatch
from hub.demo.vendors.journal import Row, Tables
from hub.times import to_epoch

_PROPERTIES = frozenset(
    """email phone firstname lastname company lifecyclestage address city state zip country hs_language
    date_of_birth hs_email_optout""".split()  # noqa: SIM905
)
_SUBSCRIPTIONS = {"contact.creation": 2201, "contact.propertyChange": 2202, "contact.deletion": 2203}
_CONTACTS = "/crm/v3/objects/contacts"


class HubSpot:
    """One portal."""

    def __init__(self, tables: Tables, secrets: dict[str, str]) -> None:
        self.tables = tables
        self.token = secrets["access_token"]
        self.routes: tuple[Route, ...] = (
            ("POST", f"{_CONTACTS}/batch/upsert", self._upsert),
            ("POST", f"{_CONTACTS}/batch/update", self._update_batch),
            ("POST", f"{_CONTACTS}/search", self._search),
            ("POST", f"{_CONTACTS}/gdpr-delete", self._forget),
            ("POST", f"{_CONTACTS}/merge", self._merge),
            ("GET", rf"{_CONTACTS}/(\d+)", self._get),
            ("PATCH", rf"{_CONTACTS}/(\d+)", self._update),
            ("DELETE", rf"{_CONTACTS}/(\d+)", self._delete),
        )

    def admits(self, headers: dict[str, str]) -> bool:
        """A bearer token."""
        return headers.get("authorization") == f"Bearer {self.token}"

    def answer(self, asked: Asked) -> Answer:
        """Contacts: batches of upserts by email and of updates, get, search, update and archive."""
        return dispatch(self.routes, asked) or self._error(404, "OBJECT_NOT_FOUND", "Resource not found")

    def refuse(self, status: int) -> Any:
        """HubSpot's error body."""
        return {
            "status": "error",
            "message": "refused",
            "correlationId": "demo",
            "category": _category(status),
        }

    def seed(self, resource: str, record: Any) -> None:
        """A contact as its `get` answers it."""
        self.tables.put(resource, record["id"], record)

    def edit(self, resource: str, record: Any) -> Answer:
        """Sales change a contact on its page."""
        told = {name: value for name, value in record["properties"].items() if name in _PROPERTIES and value}
        at = record["properties"]["lastmodifieddate"]
        self.tables.clock.reach(_canonical(at))
        return self._change(record["id"], told, "CRM_UI", at)

    def _get(self, asked: Asked, id: str) -> Answer:
        contact = self.tables.get("contact", id)
        if contact is None:
            return self._error(404, "OBJECT_NOT_FOUND", "Object not found")
        names = asked.query.get("properties", "email,firstname,lastname").split(",")
        return Answer(200, _shown(contact, names), facts={"id": id})

    def _upsert(self, asked: Asked) -> Answer:
        inputs = asked.body["inputs"]
        if not 0 < len(inputs) <= 100 or any(
            one.get("idProperty") != "email" or not one["id"] for one in inputs
        ):
            return self._error(400, "VALIDATION_ERROR", "inputs must name 1 to 100 contacts by email")
        if unknown := {name for one in inputs for name in one["properties"]} - _PROPERTIES:
            return self._error(400, "VALIDATION_ERROR", f"Property {sorted(unknown)[0]} does not exist")
        told = [self._upsert_one(one["id"], one["properties"]) for one in inputs]
        results = [
            answer.body | {"new": bool(answer.facts["created"])} | _trace(one)
            for one, answer in zip(inputs, told, strict=True)
        ]
        return self._batch(told, results, [])

    def _update_batch(self, asked: Asked) -> Answer:
        """Each by itself: what cannot be done is told among the errors, with 207."""
        inputs = asked.body["inputs"]
        if not 0 < len(inputs) <= 100:
            return self._error(400, "VALIDATION_ERROR", "inputs must name 1 to 100 contacts")
        answers = [self._update(Asked("PATCH", "", {}, {}, one), str(one["id"])) for one in inputs]
        both = list(zip(inputs, answers, strict=True))
        told = [answer for _, answer in both if answer.status == 200]
        results = [answer.body | _trace(one) for one, answer in both if answer.status == 200]
        errors = [
            answer.body | {"context": {name: [value] for name, value in _trace(one).items()}}
            for one, answer in both
            if answer.status != 200
        ]
        return self._batch(told, results, errors)

    def _batch(self, told: list[Answer], results: list[Row], errors: list[Row]) -> Answer:
        facts = {
            "ids": [one.facts["id"] for one in told],
            "created": sum(one.facts["created"] for one in told),
            "changed": sorted({name for one in told for name in one.facts.get("changed", ())}),
        }
        body: Row = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": _now(self),
            "completedAt": _now(self),
        }
        body |= {"numErrors": len(errors), "errors": errors} if errors else {}
        return Answer(
            207 if errors else 200,
            body,
            facts=facts,
            webhooks=tuple(hook for one in told for hook in one.webhooks),
        )

    def _upsert_one(self, email: str, properties: Row) -> Answer:
        known = self._by_email(email)
        if known:
            return self._change(known, properties, "INTEGRATION")
        id = str(self.tables.number("contact", 1001))
        at = _now(self)
        names: dict[str, Any] = dict.fromkeys(sorted(_PROPERTIES))
        values = names | _normal(properties | {"email": email})
        values |= {"createdate": at, "lastmodifieddate": at, "hs_object_id": id}
        contact = {"id": id, "properties": values, "createdAt": at, "updatedAt": at, "archived": False}
        self.tables.put("contact", id, contact)
        hooks = self._told([self._event("contact.creation", id, at, "INTEGRATION", changeFlag="NEW")])
        return Answer(201, contact, facts={"id": id, "created": 1}, webhooks=hooks)

    def _update(self, asked: Asked, id: str) -> Answer:
        properties = asked.body["properties"]
        if self.tables.get("contact", id) is None:
            return self._error(404, "OBJECT_NOT_FOUND", "Object not found")
        if unknown := set(properties) - _PROPERTIES:
            return self._error(400, "VALIDATION_ERROR", f"Property {sorted(unknown)[0]} does not exist")
        owner = self._by_email(properties.get("email") or "")
        if owner not in (None, id):
            return self._error(409, "CONFLICT", f"Contact already exists. Existing ID: {owner}")
        return self._change(id, properties, "INTEGRATION")

    def _delete(self, asked: Asked, id: str) -> Answer:
        self.tables.put("contact", id, None)
        event = self._event("contact.deletion", id, _now(self), "INTEGRATION", changeFlag="DELETED")
        return Answer(204, facts={"id": id}, webhooks=self._told([event]))

    def _merge(self, asked: Asked) -> Answer:
        """What the one that stays does not say comes from the other, which is gone."""
        id, other = str(asked.body["primaryObjectId"]), str(asked.body["objectIdToMerge"])
        stays, goes = self.tables.get("contact", id), self.tables.get("contact", other)
        if stays is None or goes is None or id == other:
            return self._error(400, "VALIDATION_ERROR", "One of the contacts cannot be merged")
        more = {name: value for name, value in goes["properties"].items() if name in _PROPERTIES and value}
        held = {name: value for name, value in stays["properties"].items() if value}
        self.tables.put("contact", other, None)
        gone = self._event("contact.deletion", other, _now(self), "MERGE", changeFlag="DELETED")
        done = self._change(id, {**more, **held}, "MERGE")
        return Answer(200, done.body, facts=done.facts, webhooks=(*done.webhooks, *self._told([gone])))

    def _forget(self, asked: Asked) -> Answer:
        """For good, by the id; somebody unknown is no mistake."""
        id = str(asked.body["objectId"])
        return self._delete(asked, id) if self.tables.get("contact", id) else Answer(204, facts={"id": id})

    def _search(self, asked: Asked) -> Answer:
        filters = [one for group in asked.body.get("filterGroups", []) for one in group["filters"]]
        found = [
            row for row in self.tables.rows("contact").values() if all(_fits(row, one) for one in filters)
        ]
        found.sort(key=lambda row: (row["properties"]["lastmodifieddate"], int(row["id"])))
        start, limit = int(asked.body.get("after") or 0), int(asked.body.get("limit", 10))
        page = [_shown(row, asked.body.get("properties", [])) for row in found[start : start + limit]]
        more = {"paging": {"next": {"after": str(start + limit)}}} if len(found) > start + limit else {}
        return Answer(200, {"total": len(found), "results": page, **more}, facts={"found": len(page)})

    def _change(self, id: str, properties: Row, source: str, at: str = "") -> Answer:
        contact = self.tables.rows("contact")[id]
        before = contact["properties"]
        changed = {name: value for name, value in _normal(properties).items() if before.get(name) != value}
        if not changed:
            return Answer(200, contact, facts={"id": id, "created": 0, "changed": []})
        at = at or _now(self)
        after = {**contact, "updatedAt": at, "properties": {**before, **changed, "lastmodifieddate": at}}
        self.tables.put("contact", id, after)
        events = [self._property_event(id, at, source, name, changed[name]) for name in sorted(changed)]
        facts = {"id": id, "created": 0, "changed": sorted(changed)}
        return Answer(200, after, facts=facts, webhooks=self._told(events))

    def _property_event(self, id: str, at: str, source: str, name: str, value: Any) -> Row:
        return self._event(
            "contact.propertyChange", id, at, source, propertyName=name, propertyValue=value or ""
        )

    def _event(self, kind: str, id: str, at: str, source: str, **more: Any) -> Row:
        return {
            "eventId": self.tables.number("event", 500001),
            "subscriptionId": _SUBSCRIPTIONS[kind],
            "portalId": 4711,
            "appId": 880011,
            "occurredAt": round(to_epoch(_canonical(at)) * 1000),
            "subscriptionType": kind,
            "attemptNumber": 0,
            "objectId": int(id),
            "changeSource": source,
            **more,
        }

    def _told(self, events: list[Row]) -> tuple[Webhook, ...]:
        account = self.tables.account.partition(".")[2]
        return (Webhook("hubspot", account, {"content-type": "application/json"}, events),)

    def _by_email(self, email: str) -> str | None:
        wanted = email.strip().lower()
        fits = self.tables.where(
            "contact", lambda row: bool(wanted) and (row["properties"].get("email") or "").lower() == wanted
        )
        return fits[0] if fits else None

    def _error(self, status: int, category: str, message: str) -> Answer:
        return Answer(status, {**self.refuse(status), "message": message, "category": category})


def _trace(one: Row) -> Row:
    """What an input is told again by."""
    return {name: one[name] for name in ("objectWriteTraceId",) if name in one}


def _now(vendor: HubSpot) -> str:
    return vendor.tables.clock()[:23] + "Z"


def _canonical(at: str) -> str:
    return at.removesuffix("Z") + "000Z"


def _normal(properties: Row) -> Row:
    """Emails are kept in lower case; an empty text is no value."""
    texts = {name: value if value is None else str(value).strip() for name, value in properties.items()}
    lower = {name: value.lower() for name, value in texts.items() if name == "email" and value}
    return {name: value or None for name, value in (texts | lower).items()}


def _shown(contact: Row, names: list[str]) -> Row:
    always = ["createdate", "hs_object_id", "lastmodifieddate"]
    values = contact["properties"]
    return {**contact, "properties": {name: values.get(name) for name in [*names, *always] if name in values}}


def _fits(contact: Row, one: Row) -> bool:
    value = contact["properties"].get(one["propertyName"]) or ""
    if one["operator"] == "EQ":
        return bool(value == one["value"])
    if one["operator"] == "GT":
        return int(value) > int(one["value"])
    if one["operator"] == "LT":
        return bool(value < one["value"][:19])
    return bool(value >= one["value"][:23])


def _category(status: int) -> str:
    return {401: "INVALID_AUTHENTICATION", 429: "RATE_LIMITS"}.get(status, "INTERNAL_ERROR")
