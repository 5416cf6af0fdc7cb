"""What authorises calls to a vendor at this moment (docs/decisions/0023-credentials.md).

Secrets as an operator set them, and tokens that are got with them: asked for by one Lambda at a time, kept
in the item `TOK#<account>`, taken from this process's memory while they are known to live.
"""

from hub.credentials.asking import Exchange, again, asked
from hub.credentials.parts import Cache, Parts, Subject
from hub.credentials.renewal import load
from hub.credentials.use import current, refused

__all__ = [
    "Cache",
    "Exchange",
    "Parts",
    "Subject",
    "again",
    "asked",
    "current",
    "load",
    "refused",
]
