"""What every connector gets tested for free: the product's real code against a vendor made of its file.

Never in the artifact (docs/decisions/0029-contract.md).
"""

from hub.contract.suite import Check, checks, examined
from hub.contract.verdict import DoesNotApply, FailedError, Verdict

__all__ = ["Check", "DoesNotApply", "FailedError", "Verdict", "checks", "examined"]
