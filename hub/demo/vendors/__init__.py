"""Small servers that behave as the vendors do: ids, upserts, limits, errors and webhooks of their own.

They stand on loopback under `/<connector>.<account>/…`, keep what they were told in a file of JSON lines,
and can be told to fail. Nothing in them is random.
"""

from hub.demo.vendors.exchange import Answer, Asked, Webhook
from hub.demo.vendors.faults import FAULTS, Fault
from hub.demo.vendors.secrets import ACCOUNTS, secrets_of
from hub.demo.vendors.server import VendorServer

__all__ = ["ACCOUNTS", "FAULTS", "Answer", "Asked", "Fault", "VendorServer", "Webhook", "secrets_of"]
