"""What a vendor does differently, as data: what it sends, what it is asked, what its answers mean."""

from hub.connector.auth import Auth
from hub.connector.bulk import Bulk, Entry
from hub.connector.call import CURRENT, Call, account_scope
from hub.connector.duration import Demand, Limit
from hub.connector.exchange import HttpRequest, HttpResponse, Left, Outcome, Reply, Request
from hub.connector.grant import Grant
from hub.connector.idempotency import Idempotency
from hub.connector.model import Connector
from hub.connector.reception import UNKNOWN
from hub.connector.resource import Resource
from hub.connector.response import Answer, scope_of

__all__ = [
    "CURRENT",
    "UNKNOWN",
    "Answer",
    "Auth",
    "Bulk",
    "Call",
    "Connector",
    "Demand",
    "Entry",
    "Grant",
    "HttpRequest",
    "HttpResponse",
    "Idempotency",
    "Left",
    "Limit",
    "Outcome",
    "Reply",
    "Request",
    "Resource",
    "account_scope",
    "scope_of",
]
