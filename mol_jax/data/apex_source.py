"""Where the apex of a clip is from, and how often it is from elsewhere. Nothing here needs JAX."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

ANNOTATED, MIDDLE = "annotated", "middle"
SOURCES = {  # of data.apex_source, and what a report says of them
    ANNOTATED: "as annotated",
    MIDDLE: "the middle frame",
    "spotted_flow": "spotted: the frame with the longest flow from the onset",
    "spotted_frequency": "spotted: the middle of the window with most of high frequencies",
}


class Apex(NamedTuple):
    """The frame that a clip's apex is taken to be.

    number: in its video; it may be absent on disk. source: one of `SOURCES`, `MIDDLE` where the one
    that was asked for has none.
    """

    number: int
    source: str


def counts(apexes: Sequence[Apex]) -> dict[str, int]:
    """Returns how many clips have their apex of which source, of those that are not 0."""
    found = Counter(apex.source for apex in apexes)
    return {source: found[source] for source in SOURCES if found[source]}


def words(source: str, counted: Mapping[str, int]) -> str:
    """Says where a table's apexes are from: "as annotated; the middle frame in 12 of 442 clips".

    counted: as `counts` returns it.
    """
    instead, clips = counted.get(MIDDLE, 0), sum(counted.values())
    if source == MIDDLE or not instead:
        return SOURCES[source]
    why = "none is after the onset" if source == ANNOTATED else "all frames are alike to it"
    return f"{SOURCES[source]}; the middle frame in {instead} of {clips} clips, where {why}"
