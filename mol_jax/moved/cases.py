"""By how much key frames are moved: the flag --shifts, and the cases that it makes."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from mol_jax.errors import UserError

LARGEST = 0.9  # of the way from onset to apex: at 1 the two are one frame
SHIFTS = (0.1, 0.2, 0.3)  # FRL-DGT's paper


class Case(NamedTuple):
    """One way to move key frames.

    number: its trial in moved.csv; 0 is the one where nothing is moved. onset, apex: shares of the
    way from onset to apex, later; earlier where negative.
    """

    number: int
    onset: float = 0.0
    apex: float = 0.0

    @property
    def words(self) -> str:
        """Says what is moved: "apex 10 % earlier"."""
        if not self.number:
            return "unmoved"
        what, by = ("onset", self.onset) if self.onset else ("apex", self.apex)
        return f"{what} {percent(abs(by))} {'later' if by > 0 else 'earlier'}"


def percent(share: float) -> str:
    """Writes a share: "10 %"."""
    return f"{100 * share:.6g} %"


def read_shifts(text: str) -> tuple[float, ...]:
    """Returns the shares of --shifts, ascending. Raises UserError for what is none."""
    try:
        shifts = sorted(float(part) for part in text.split(","))
    except ValueError:
        shifts = []
    good = all(math.isfinite(one) and 0 < one <= LARGEST for one in shifts)
    if not shifts or not good or len(set(shifts)) < len(shifts):
        raise UserError(
            f"--shifts is {text!r}; give shares of the way from onset to apex, each once, above 0 "
            f"and up to {LARGEST}, as --shifts={','.join(map(str, SHIFTS))}."
        )
    return tuple(shifts)


def cases(shifts: Sequence[float]) -> tuple[Case, ...]:
    """Returns unmoved, then for each share the onset later, the apex earlier and the apex later."""
    moves = [move for by in shifts for move in ((by, 0.0), (0.0, -by), (0.0, by))]
    return (Case(0), *(Case(number, *move) for number, move in enumerate(moves, start=1)))
