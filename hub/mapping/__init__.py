"""One record of a vendor ↔ its canonical entity."""

from hub.mapping.leaves import address_type
from hub.mapping.model import Consent, Context, Incoming, Mapping
from hub.mapping.rule import Each, Rule, is_leaf, leaves
from hub.mapping.running import ABSENT

__all__ = [
    "ABSENT",
    "Consent",
    "Context",
    "Each",
    "Incoming",
    "Mapping",
    "Rule",
    "address_type",
    "is_leaf",
    "leaves",
]
