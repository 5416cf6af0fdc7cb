"""WooCommerce REST v3: customers found by email, created once per email, and a webhook for each change."""

from typing import Any

from hub.demo.vendors.basic import basic
from hub.demo.vendors.exchange import Answer, Asked, Route, Webhook, dispatch
from hub.demo.vendors.journal import Row, Tables

_CUSTOMERS = "/wp-json/wc/v3/customers"
_ORDERS = "/wp-json/wc/v3/orders"
_SITE = "https://outlet.tienda.example"
_ADDRESS = (
    *("first_name", "last_name", "company", "address_1", "address_2"),
    *("city", "state", "postcode", "country"),
)


class WooCommerce:
    """One shop."""

    def __init__(self, tables: Tables, secrets: dict[str, str]) -> None:
        self.tables = tables
        self.credential = basic(secrets["consumer_key"], secrets["consumer_secret"])
        self.routes: tuple[Route, ...] = (
            ("GET", _CUSTOMERS, self._find),
            ("POST", _CUSTOMERS, self._create),
            ("GET", rf"{_CUSTOMERS}/(\d+)", self._get),
            ("PUT", rf"{_CUSTOMERS}/(\d+)", self._update),
            ("DELETE", rf"{_CUSTOMERS}/(\d+)", self._delete),
            ("GET", _ORDERS, self._orders),
            ("PUT", rf"{_ORDERS}/(\d+)", self._order),
        )

    def admits(self, headers: dict[str, str]) -> bool:
        """Consumer key and secret."""
        return headers.get("authorization") == self.credential

    def answer(self, asked: Asked) -> Answer:
        """Customers and orders."""
        return dispatch(self.routes, asked) or self._error(404, "rest_no_route", "No route was found")

    def refuse(self, status: int) -> Any:
        """WordPress's error body."""
        return {"code": f"demo_{status}", "message": "refused", "data": {"status": status}}

    def seed(self, resource: str, record: Any) -> None:
        """A record as the API shows it."""
        self.tables.put(resource, str(record["id"]), record)

    def edit(self, resource: str, record: Any) -> Answer:
        """The shop's staff save a customer."""
        return self._change(str(record["id"]), record)

    def _find(self, asked: Asked) -> Answer:
        email = asked.query.get("email", "").lower()
        rows = list(self.tables.rows("customer").values())
        return _paged([row for row in rows if not email or row["email"] == email], asked)

    def _orders(self, asked: Asked) -> Answer:
        since = asked.query.get("modified_after", "")[:19]
        order = "id" if asked.query.get("orderby") == "id" else "date_modified_gmt"
        rows = sorted(self.tables.rows("order").values(), key=lambda row: row[order])
        return _paged([row for row in rows if row["date_modified_gmt"] > since], asked)

    def _order(self, asked: Asked, id: str) -> Answer:
        before = self.tables.get("order", id)
        if before is None:
            return self._error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        at = {"date_modified": self._now(), "date_modified_gmt": self._now()}
        row = _patched(before, asked.body) | at
        self.tables.put("order", id, row)
        return Answer(200, row, facts={"id": id}, webhooks=self._told("order.updated", row))

    def _get(self, asked: Asked, id: str) -> Answer:
        row = self.tables.get("customer", id)
        return (
            Answer(200, row, facts={"id": id}) if row else self._error(404, "woocommerce_rest_invalid_id", "")
        )

    def _create(self, asked: Asked) -> Answer:
        email = (asked.body.get("email") or "").strip().lower()
        if "@" not in email:
            return self._error(400, "rest_missing_callback_param", "Missing parameter(s): email")
        if self.tables.where("customer", lambda row: row["email"] == email):
            return self._error(400, "registration-error-email-exists", "An account is already registered")
        id = self.tables.number("customer", 201)
        row = {**_patched(_blank(id, email, self._now()), asked.body), "id": id, "email": email}
        self.tables.put("customer", str(id), row)
        return Answer(
            201, row, facts={"id": str(id), "created": 1}, webhooks=self._told("customer.created", row)
        )

    def _update(self, asked: Asked, id: str) -> Answer:
        if self.tables.get("customer", id) is None:
            return self._error(400, "woocommerce_rest_invalid_id", "Invalid resource ID.")
        return self._change(id, asked.body)

    def _delete(self, asked: Asked, id: str) -> Answer:
        """Customers have no trash; their orders keep the address that was typed in."""
        row = self.tables.get("customer", id)
        if asked.query.get("force") != "true":
            return self._error(
                501, "woocommerce_rest_trash_not_supported", "Customers do not support trashing."
            )
        if row is None:
            return self._error(400, "woocommerce_rest_invalid_id", "Invalid resource ID.")
        self.tables.put("customer", id, None)
        hooks = self._told("customer.deleted", {"id": row["id"]})
        return Answer(200, row, facts={"id": id, "deleted": True}, webhooks=hooks)

    def _change(self, id: str, told: Row) -> Answer:
        before = self.tables.rows("customer")[id]
        after = _patched(before, told)
        changed = sorted(name for name in after if after[name] != before.get(name))
        if not changed:
            return Answer(200, before, facts={"id": id, "created": 0, "changed": []})
        after |= {"date_modified": self._now(), "date_modified_gmt": self._now()}
        self.tables.put("customer", id, after)
        facts = {"id": id, "created": 0, "changed": changed}
        return Answer(200, after, facts=facts, webhooks=self._told("customer.updated", after))

    def _told(self, topic: str, row: Row) -> tuple[Webhook, ...]:
        resource, _, event = topic.partition(".")
        headers = {
            "content-type": "application/json",
            "x-wc-webhook-source": f"{_SITE}/",
            "x-wc-webhook-topic": topic,
            "x-wc-webhook-resource": resource,
            "x-wc-webhook-event": event,
            "x-wc-webhook-id": "7",
            "x-wc-webhook-delivery-id": f"demo{self.tables.number('delivery', 1):028d}",
        }
        return (Webhook("woocommerce", self.tables.account.partition(".")[2], headers, row),)

    def _now(self) -> str:
        return self.tables.clock()[:19]

    def _error(self, status: int, code: str, message: str) -> Answer:
        return Answer(status, {"code": code, "message": message, "data": {"status": status}})


def _blank(id: int, email: str, at: str) -> Row:
    dates = dict.fromkeys(("date_created", "date_created_gmt", "date_modified", "date_modified_gmt"), at)
    links = {
        "self": [{"href": f"{_SITE}{_CUSTOMERS}/{id}"}],
        "collection": [{"href": f"{_SITE}{_CUSTOMERS}"}],
    }
    names = {"first_name": "", "last_name": "", "role": "customer", "username": email.partition("@")[0]}
    return {
        **dates,
        **names,
        "billing": {**dict.fromkeys(_ADDRESS, ""), "email": email, "phone": ""},
        "shipping": {**dict.fromkeys(_ADDRESS, ""), "phone": ""},
        "is_paying_customer": False,
        "meta_data": [],
        "_links": links,
    }


def _patched(before: Row, told: Row) -> Row:
    """Addresses are patched inside; an email is kept in lower case."""
    inner = {
        key: {**(before.get(key) or {}), **value} for key, value in told.items() if isinstance(value, dict)
    }
    email = {"email": told["email"].strip().lower()} if told.get("email") else {}
    return {**before, **told, **inner, **email}


def _paged(rows: list[Row], asked: Asked) -> Answer:
    page, size = int(asked.query.get("page", 1)), int(asked.query.get("per_page", 10))
    pages = -(-len(rows) // size)
    start = int(asked.query.get("offset", (page - 1) * size))
    shown = rows[start : start + size]
    headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
    return Answer(200, shown, headers, facts={"found": len(shown)})
