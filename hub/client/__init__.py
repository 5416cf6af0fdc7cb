"""What goes out: HTTP to vendors, messages to queues and buses of AWS."""

from hub.client.http import CONNECT_SECONDS, LARGEST_BODY, READ_SECONDS, Client, HttpClient
from hub.client.messages import LARGEST_MESSAGE, Publisher

__all__ = [
    "CONNECT_SECONDS",
    "LARGEST_BODY",
    "LARGEST_MESSAGE",
    "READ_SECONDS",
    "Client",
    "HttpClient",
    "Publisher",
]
