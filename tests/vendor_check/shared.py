"""Where the vendors' files lie: beside the checkout, or where CAUCE_SHARED says."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VENDORS = Path(os.environ.get("CAUCE_SHARED", ROOT.parent / "shared")) / "vendors"

needs_shared = pytest.mark.skipif(
    not VENDORS.is_dir(), reason="the vendors' files are not here: set CAUCE_SHARED"
)
