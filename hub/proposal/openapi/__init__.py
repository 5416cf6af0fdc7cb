"""A connector proposed from a vendor's OpenAPI file and what its webhooks look like."""

from hub.proposal.openapi.api import Api, ApiError
from hub.proposal.openapi.draft import draft
from hub.proposal.openapi.resources import Found, resources
from hub.proposal.openapi.told import drafted, told

__all__ = ["Api", "ApiError", "Found", "draft", "drafted", "resources", "told"]
