"""Klaviyo: profiles found by id, email, phone or external id; events, once for each unique id."""

import re
from typing import Any

from hub.demo.vendors.exchange import Answer, Asked, Route, dispatch
from hub.demo.vendors.journal import Row, Tables

_KEYS = ("external_id", "email", "phone_number")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


class Klaviyo:
    """One list of people."""

    def __init__(self, tables: Tables, secrets: dict[str, str]) -> None:
        self.tables = tables
        self.key = secrets["api_key"]
        self.routes: tuple[Route, ...] = (
            ("POST", "/api/profile-import", self._import),
            ("POST", "/api/events", self._event),
            ("POST", "/api/data-privacy-deletion-jobs", self._forget),
        )

    def admits(self, headers: dict[str, str]) -> bool:
        """A private key."""
        return headers.get("authorization") == f"Klaviyo-API-Key {self.key}"

    def answer(self, asked: Asked) -> Answer:
        """Profile import and events; the revision header is required."""
        if not re.fullmatch(r"\d{4}-\d\d-\d\d(\.\w+)?", asked.headers.get("revision", "")):
            return self._error(400, "invalid", "A revision header is required")
        return dispatch(self.routes, asked) or self._error(404, "not_found", "Not found")

    def refuse(self, status: int) -> Any:
        """Klaviyo's error body, after JSON:API."""
        return {
            "errors": [{"id": "demo", "status": status, "code": "refused", "title": "Refused", "detail": ""}]
        }

    def seed(self, resource: str, record: Any) -> None:
        """A profile as the API shows it."""
        self.tables.put(resource, record["id"], record["attributes"])

    def edit(self, resource: str, record: Any) -> Answer:
        """Somebody changes a profile on its page."""
        return self._merge(record["id"], record["attributes"])

    def _import(self, asked: Asked) -> Answer:
        data = asked.body["data"]
        attributes = data["attributes"]
        phone = attributes.get("phone_number")
        if phone is not None and not _E164.fullmatch(phone):
            return self._error(400, "invalid", "Invalid phone number format")
        if data.get("id") and self.tables.get("profile", data["id"]) is None:
            return self._error(404, "not_found", "A profile with this id does not exist")
        found = self._found(data.get("id"), attributes)
        if len(found) > 1:
            other = next(id for id in found if id != data.get("id"))
            return self._error(
                409, "duplicate_profile", "A profile with one of these identifiers exists", other
            )
        return self._merge(found[0], attributes) if found else self._create(attributes)

    def _found(self, id: str | None, attributes: Row) -> list[str]:
        """The ids that the identifiers mean, each once, in the order of their trust."""
        told = [(key, attributes[key]) for key in _KEYS if attributes.get(key)]
        matches = [self._with(key, value) for key, value in told]
        return list(dict.fromkeys([*([id] if id else []), *(match for ids in matches for match in ids)]))

    def _with(self, key: str, value: str) -> list[str]:
        return self.tables.where("profile", lambda row: str(row.get(key) or "").lower() == value.lower())

    def _create(self, attributes: Row) -> Answer:
        id = f"01KDEM0PR0F1LE{self.tables.number('profile', 1):012d}"
        at = self.tables.clock()
        row = _cleared(attributes) | {"created": at, "updated": at}
        self.tables.put("profile", id, row)
        return Answer(201, _shown(id, row), facts={"id": id, "created": 1})

    def _merge(self, id: str, attributes: Row) -> Answer:
        before = self.tables.rows("profile")[id]
        after = _cleared(_patched(before, attributes))
        changed = sorted(name for name in {*after, *before} if after.get(name) != before.get(name))
        if changed:
            after["updated"] = self.tables.clock()
            self.tables.put("profile", id, after)
        return Answer(200, _shown(id, after), facts={"id": id, "created": 0, "changed": changed})

    def _event(self, asked: Asked) -> Answer:
        """Of events with one unique id for one profile and metric only the first is recorded."""
        told = asked.body["data"]["attributes"]
        metric = told["metric"]["data"]["attributes"]["name"]
        who = told["profile"]["data"]
        found = self._found(who.get("id"), who["attributes"])
        if not found and not any(who["attributes"].get(key) for key in _KEYS):
            return self._error(400, "invalid", "A profile identifier is required")
        profile = found[0] if found else self._create(who["attributes"]).facts["id"]
        unique = told.get("unique_id") or told.get("time") or self.tables.clock()
        key = f"{profile}/{metric}/{unique}"
        recorded = self.tables.get("event", key) is None
        if recorded:
            row = {
                "metric": metric,
                "profile": profile,
                "value": told.get("value"),
                "properties": told["properties"],
            }
            self.tables.put("event", key, row)
        return Answer(202, facts={"metric": metric, "profile": profile, "recorded": recorded})

    def _forget(self, asked: Asked) -> Answer:
        """A job is taken; the demo's is done at once: the profile and its events."""
        id = asked.body["data"]["attributes"]["profile"]["data"]["id"]
        for key in self.tables.where("event", lambda row: row["profile"] == id):
            self.tables.put("event", key, None)
        if self.tables.get("profile", id) is not None:
            self.tables.put("profile", id, None)
        return Answer(202, facts={"profile": id, "deleted": True})

    def _error(self, status: int, code: str, detail: str, duplicate: str = "") -> Answer:
        error = {"id": "demo", "status": status, "code": code, "title": code, "detail": detail}
        meta = {"meta": {"duplicate_profile_id": duplicate}} if duplicate else {}
        return Answer(status, {"errors": [error | meta]})


def _patched(before: Row, told: Row) -> Row:
    """Null clears, an absent key leaves; location and properties are patched inside."""
    inner = {
        key: {**(before.get(key) or {}), **value} for key, value in told.items() if isinstance(value, dict)
    }
    return {**before, **told, **inner}


def _cleared(attributes: Row) -> Row:
    kept = {key: value for key, value in attributes.items() if value is not None}
    return {key: _cleared(value) if isinstance(value, dict) else value for key, value in kept.items()}


def _shown(id: str, row: Row) -> Row:
    links = {"self": f"https://a.klaviyo.com/api/profiles/{id}/"}
    return {"data": {"type": "profile", "id": id, "attributes": row, "links": links}}
