"""What there is: the connectors as people choose and set them up, written from their files alone."""

from hub.listing.page import page
from hub.listing.standing import Standing
from hub.listing.table import index, put, table

__all__ = ["Standing", "index", "page", "put", "table"]
