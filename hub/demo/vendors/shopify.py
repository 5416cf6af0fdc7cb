"""Shopify's REST Admin API: what changed, and webhook subscriptions."""

from typing import Any

from hub.demo.vendors.exchange import Answer, Asked, Route, dispatch
from hub.demo.vendors.journal import Tables

_ROOT = r"/admin/api/[\d-]+"


class Shopify:
    """One shop."""

    def __init__(self, tables: Tables, secrets: dict[str, str]) -> None:
        self.tables = tables
        self.token = secrets["access_token"]
        self.routes: tuple[Route, ...] = (
            ("GET", rf"{_ROOT}/(customer|order|checkout)s\.json", self._changed),
            ("GET", rf"{_ROOT}/webhooks\.json", self._webhooks),
            ("POST", rf"{_ROOT}/webhooks\.json", self._subscribe),
            ("DELETE", rf"{_ROOT}/webhooks/(\d+)\.json", self._unsubscribe),
        )

    def admits(self, headers: dict[str, str]) -> bool:
        """The app's token."""
        return headers.get("x-shopify-access-token") == self.token

    def answer(self, asked: Asked) -> Answer:
        """Customers, orders and checkouts since a time; webhooks."""
        return dispatch(self.routes, asked) or Answer(404, self.refuse(404))

    def refuse(self, status: int) -> Any:
        """Shopify's error body."""
        return {"errors": "Not Found" if status == 404 else "refused"}

    def seed(self, resource: str, record: Any) -> None:
        """A record as its webhook has it."""
        self.tables.put(resource, str(record["id"]), record)

    def edit(self, resource: str, record: Any) -> Answer:
        """Something happens in the shop."""
        self.seed(resource, record)
        return Answer(200, facts={"id": str(record["id"])})

    def _changed(self, asked: Asked, resource: str) -> Answer:
        since = asked.query.get("updated_at_min", "")
        rows = [row for row in self.tables.rows(resource).values() if row["updated_at"] >= since]
        return Answer(200, {f"{resource}s": rows[:250]}, facts={"found": len(rows)})

    def _webhooks(self, asked: Asked) -> Answer:
        return Answer(200, {"webhooks": list(self.tables.rows("webhook").values())})

    def _subscribe(self, asked: Asked) -> Answer:
        told = asked.body["webhook"]
        same = ("topic", "address")
        if any(all(row[name] == told[name] for name in same) for row in self.tables.rows("webhook").values()):
            return Answer(422, {"errors": {"address": ["for this topic has already been taken"]}})
        id = self.tables.number("webhook", 7001)
        row = {"id": id, **{name: told[name] for name in (*same, "format")}}
        self.tables.put("webhook", str(id), row)
        return Answer(201, {"webhook": row}, facts={"id": str(id)})

    def _unsubscribe(self, asked: Asked, id: str) -> Answer:
        if self.tables.get("webhook", id) is None:
            return Answer(404, self.refuse(404))
        self.tables.put("webhook", id, None)
        return Answer(200, {}, facts={"id": id, "deleted": True})
