"""A stretch of a recording that is said to hold an expression."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Interval:
    """Frames onset to offset of a recording, both of them inside, and the apex between.

    onset, apex, offset: indices of the frames that were looked at, ascending. score: how sure the
    method is; larger is surer, in the method's own unit.
    """

    onset: int
    apex: int
    offset: int
    score: float
