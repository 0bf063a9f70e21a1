"""Words about things: how many there are, the first of many, the name nearest to a wrong one."""

import difflib
from collections.abc import Iterable, Sequence


def counted(number: int, what: str) -> str:
    """Writes a number of things: "1 clip", "2 clips", "44,200 steps"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def shortened(names: Sequence[str], *, shown: int = 6, between: str = "; ") -> str:
    """Joins names, only the first ones of many: "sub01; sub02; and 24 more"."""
    more = len(names) - shown
    return between.join((*names[:shown], f"and {more} more") if more > 0 else names)


def nearest(name: str, known: Iterable[str]) -> str:
    """Returns the name among `known`, of which there is one at least, that is most like `name`."""
    return difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)[0]
