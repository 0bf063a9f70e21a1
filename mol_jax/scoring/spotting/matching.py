"""Which spotted interval is which true one: one to one, by intersection over union."""

import dataclasses
from collections.abc import Sequence

from mol_jax.scoring.spotting.table import FRAMES, Stretch

LEAST = 0.5  # IoU of a hit, as in all of the Grand Challenges (MEGC 2019 to 2025)
ROUNDING = 1e-9  # seconds as 0.1 are no sums of halves: an overlap of one half comes out below it


@dataclasses.dataclass(frozen=True)
class Match:
    """hits: (true, spotted, IoU); missed: true ones; false: spotted ones."""

    hits: tuple[tuple[Stretch, Stretch, float], ...]
    missed: tuple[Stretch, ...]
    false: tuple[Stretch, ...]


def overlap(one: Stretch, other: Stretch, unit: str) -> float:
    """Returns intersection over union. Of frames both ends count, so 3 to 5 are three of them."""
    extra = 1.0 if unit == FRAMES else 0.0
    both = min(one.offset, other.offset) - max(one.onset, other.onset) + extra
    if both <= 0:
        return 0.0
    lengths = (one.offset - one.onset + extra) + (other.offset - other.onset + extra)
    return both / (lengths - both)


def match(
    true: Sequence[Stretch], spotted: Sequence[Stretch], *, unit: str, least: float = LEAST
) -> Match:
    """Matches the intervals of one video: the pair of largest IoU first, each interval once.

    Of equal ones the earlier true and then the earlier spotted interval goes first. Intervals that
    have a kind match only those of the same kind.
    """
    pairs = [
        (share, i, j)
        for i, one in enumerate(true)
        for j, other in enumerate(spotted)
        if _alike(one, other) and (share := overlap(one, other, unit)) >= least - ROUNDING
    ]
    pairs.sort(key=lambda p: (-p[0], true[p[1]].onset, spotted[p[2]].onset))
    left, free, hits = set(range(len(true))), set(range(len(spotted))), []
    for share, i, j in pairs:
        if i in left and j in free:
            left.discard(i)
            free.discard(j)
            hits.append((true[i], spotted[j], share))
    return Match(
        tuple(hits),
        tuple(true[i] for i in sorted(left)),
        tuple(spotted[j] for j in sorted(free)),
    )


def _alike(one: Stretch, other: Stretch) -> bool:
    return not (one.kind and other.kind) or one.kind == other.kind
