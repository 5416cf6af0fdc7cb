"""WhatsApp Cloud API: template messages, and webhooks that tell what became of them."""

import re
from typing import Any

from hub.demo.vendors.exchange import Answer, Asked, Route, Webhook, dispatch
from hub.demo.vendors.journal import Row, Tables
from hub.times import to_epoch


class WhatsApp:
    """One phone number of a business."""

    def __init__(self, tables: Tables, secrets: dict[str, str]) -> None:
        self.tables = tables
        self.token = secrets["access_token"]
        self.routes: tuple[Route, ...] = (("POST", r"/v[\d.]+/(\d+)/messages", self._send),)

    def admits(self, headers: dict[str, str]) -> bool:
        """A system user's token."""
        return headers.get("authorization") == f"Bearer {self.token}"

    def answer(self, asked: Asked) -> Answer:
        """Messages go out."""
        return dispatch(self.routes, asked) or self._error(404, "Unknown path components")

    def refuse(self, status: int) -> Any:
        """The Graph API's error body."""
        return {
            "error": {"message": "refused", "type": "OAuthException", "code": 190 if status == 401 else 80007}
        }

    def seed(self, resource: str, record: Any) -> None:
        """A message that was sent before."""
        self.tables.put(resource, record["id"], record)

    def edit(self, resource: str, record: Any) -> Answer:
        """Somebody reads a message: its status changes."""
        sent = self.tables.rows("message")[record["id"]]
        return Answer(
            200, facts={"id": record["id"]}, webhooks=(self._status(record["id"], sent, record["status"]),)
        )

    def _send(self, asked: Asked, number: str) -> Answer:
        told = asked.body
        template = told.get("template") or {}
        if told.get("messaging_product") != "whatsapp" or told.get("type") != "template":
            return self._error(400, "(#100) Invalid parameter")
        if not template.get("name") or not (template.get("language") or {}).get("code"):
            return self._error(400, "(#100) The parameter template is required")
        to = re.sub(r"\D", "", str(told.get("to") or ""))
        if not to:
            return self._error(400, "(#131009) Parameter value is not valid")
        id = f"wamid.DEMO{self.tables.number('message', 1):016d}"
        row = {**told, "id": id, "from": number, "to": to}
        self.tables.put("message", id, row)
        body = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": told["to"], "wa_id": to}],
            "messages": [{"id": id, "message_status": "accepted"}],
        }
        facts = {"id": id, "template": template["name"], "act": told.get("biz_opaque_callback_data")}
        return Answer(200, body, facts=facts, webhooks=(self._status(id, row, "sent"),))

    def _status(self, id: str, row: Row, status: str) -> Webhook:
        moment = str(int(to_epoch(self.tables.clock())))
        told = {"id": id, "status": status, "timestamp": moment, "recipient_id": row["to"]}
        if row.get("biz_opaque_callback_data"):
            told["biz_opaque_callback_data"] = row["biz_opaque_callback_data"]
        metadata = {"display_phone_number": "576015550100", "phone_number_id": row["from"]}
        value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": [told]}
        entry = {"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}
        body = {"object": "whatsapp_business_account", "entry": [entry]}
        return Webhook("whatsapp", "", {"content-type": "application/json"}, body)

    def _error(self, status: int, message: str) -> Answer:
        return Answer(status, {"error": {"message": message, "type": "OAuthException", "code": 100}})
