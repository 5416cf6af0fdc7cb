"""square/connect-api-specification, api.json; vectors of its Python SDK."""

SPECS = {"square/api.json": ""}
VECTORS = {"vendor": "square"}
BODIES = {
    "customer": "CustomerCreatedEvent",
    "customer-updated": "CustomerUpdatedEvent",
    "customer-deleted": "CustomerDeletedEvent",
    "order": "OrderCreatedEvent",
    "order-updated": "OrderUpdatedEvent",
    "payment": "PaymentCreatedEvent",
    "payment-updated": "PaymentUpdatedEvent",
}
ANSWERS = {"order.*": "RetrieveOrderResponse"}
DOCUMENTED = {"deleted"}  # the file's own example of a deletion has it, its schema does not
