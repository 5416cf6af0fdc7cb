"""One record of a vendor ↔ its canonical entity."""

from hub.mapping.model import Consent, Context, Incoming, Mapping
from hub.mapping.rule import ABSENT, Each, Rule, is_leaf, leaves

__all__ = ["ABSENT", "Consent", "Context", "Each", "Incoming", "Mapping", "Rule", "is_leaf", "leaves"]
