"""What somebody may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def suggest(name: str, known: Iterable[str]) -> str:
    """`did you mean "x"?`, or what there is, or nothing."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"there is {', '.join(names)}" if 0 < len(names) <= 12 else ""
