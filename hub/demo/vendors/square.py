"""Square: orders and customers are read; nothing is written, but a customer may be deleted."""

from typing import Any

from hub.demo.vendors.exchange import Answer, Asked, Route, dispatch
from hub.demo.vendors.journal import Row, Tables


class Square:
    """One seller."""

    def __init__(self, tables: Tables, secrets: dict[str, str]) -> None:
        self.tables = tables
        self.token = secrets["access_token"]
        self.routes: tuple[Route, ...] = (
            ("GET", r"/v2/(order|customer)s/([\w-]+)", self._get),
            ("POST", r"/v2/(order|customer)s/search", self._search),
            ("DELETE", r"/v2/customers/([\w-]+)", self._delete),
        )

    def admits(self, headers: dict[str, str]) -> bool:
        """A bearer token."""
        return headers.get("authorization") == f"Bearer {self.token}"

    def answer(self, asked: Asked) -> Answer:
        """Orders and customers: get and search."""
        return dispatch(self.routes, asked) or self._error(404, "NOT_FOUND")

    def refuse(self, status: int) -> Any:
        """Square's error body."""
        code = {401: "UNAUTHORIZED", 429: "RATE_LIMITED"}.get(status, "INTERNAL_SERVER_ERROR")
        return {"errors": [{"category": "API_ERROR", "code": code, "detail": "refused"}]}

    def seed(self, resource: str, record: Any) -> None:
        """An order or a customer as its `get` answers it: `{order: …}`."""
        self.tables.put(resource, record[resource]["id"], record[resource])

    def edit(self, resource: str, record: Any) -> Answer:
        """Something happens at the till."""
        self.seed(resource, record)
        return Answer(200, facts={"id": record[resource]["id"]})

    def _get(self, asked: Asked, resource: str, id: str) -> Answer:
        row = self.tables.get(resource, id)
        return Answer(200, {resource: row}, facts={"id": id}) if row else self._error(404, "NOT_FOUND")

    def _delete(self, asked: Asked, id: str) -> Answer:
        if self.tables.get("customer", id) is None:
            return self._error(404, "NOT_FOUND")
        self.tables.put("customer", id, None)
        return Answer(200, {}, facts={"id": id, "deleted": True})

    def _search(self, asked: Asked, resource: str) -> Answer:
        since = _since(asked.body)
        rows = [row for row in self.tables.rows(resource).values() if row["updated_at"] >= since]
        start, limit = int(asked.body.get("cursor") or 0), int(asked.body.get("limit", 100))
        more = {"cursor": str(start + limit)} if len(rows) > start + limit else {}
        page = rows[start : start + limit]
        return Answer(200, {f"{resource}s": page, **more}, facts={"found": len(page)})

    def _error(self, status: int, code: str) -> Answer:
        return Answer(status, {"errors": [{"category": "INVALID_REQUEST_ERROR", "code": code, "detail": ""}]})


def _since(body: Row) -> str:
    asked = body.get("query", {}).get("filter", {})
    window = asked.get("updated_at") or asked.get("date_time_filter", {}).get("updated_at") or {}
    return str(window.get("start_at", ""))
