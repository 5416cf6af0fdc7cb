"""commercetools/commercetools-api-reference, oas/api."""

SPECS = {"commercetools/api.openapi.yaml": ""}
PARTS = {"order-by-bus": ("detail.data.resource", "Reference")}
ANSWERS = {"customer.*": "Customer"}
CURRENT = {"version": 3}
REFUSED = {"who no longer has a company"}  # a draft without one leaves it out
