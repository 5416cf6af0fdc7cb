"""commercetools/commercetools-api-reference, oas/api: the API, and what its Subscriptions deliver."""

SPECS = {"commercetools/api.openapi.yaml": "/{projectKey}"}
BODIES = {
    "customer-changed": "MessageDeliveryPayload",
    "customer-deleted": "MessageDeliveryPayload",
    "order": "MessageDeliveryPayload",
}
PARTS = {"order": ("order", "Order"), "order-by-bus": ("detail.data", "MessageDeliveryPayload")}
ANSWERS = {"customer.*": "Customer", "order.*": "Order"}
