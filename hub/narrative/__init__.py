"""What the API answers about a customer, told in sentences: for the command line and the demo.

Whoever reads it knows customers and systems, and nothing of how the hub works.
"""

from hub.narrative.decisions import decided
from hub.narrative.past import journal
from hub.narrative.story import origins, story

__all__ = ["decided", "journal", "origins", "story"]
