"""How many replicas a device should train side by side: candidates, timed until one gains nothing.

A group of k trains k replicas at once, in ceil(replicas / (devices × k)) waves. What counts is the
time of the whole study over its replicas and updates: seconds of a wave's update × waves over
replicas, so that slots which repeat a replica for nothing are paid for.
"""

import dataclasses
from collections.abc import Callable, Iterable

import jax

from mol_jax.text.duration import duration
from mol_jax.training.timing import is_out_of_memory

MOST = 10  # candidates: groups up to 512; each costs a compile
GAIN = 0.03  # a larger group takes memory, so it must be faster by this share
HOPELESS = 1.2  # no larger group is tried where one takes this many times the fastest's time


@dataclasses.dataclass(frozen=True)
class Timing:
    """seconds: of an update of one replica, where `group` train side by side on each device."""

    group: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class Choice:
    """A group, what was timed for it, and why it is that one.

    timings: in the order in which they were taken, none where nothing was timed. limit: why no
    larger group was a candidate, as "8 do not fit into 60.0 GiB"; "" where all replicas fit.
    """

    group: int
    timings: tuple[Timing, ...] = ()
    limit: str = ""

    def __str__(self) -> str:
        """Writes the choice as "4 (an update of a replica: 1: 27 ms, 2: 15 ms, 4: 9 ms)"."""
        times = ", ".join(f"{one.group}: {duration(one.seconds)}" for one in self.timings)
        reasons = [f"an update of a replica: {times}"] * bool(times) + [self.limit] * bool(
            self.limit
        )
        return f"{self.group} ({'; '.join(reasons)})" if reasons else str(self.group)


def candidates(replicas: int, devices: int) -> list[int]:
    """Returns 1, 2, 4, 8, … up to the replicas of a device, each with as few as its waves need.

    26 replicas on one device: 1, 2, 4, 7, 13, 26. Eight side by side would take four waves, as
    seven do, of which six slots would be for nothing.
    """
    each = -(-replicas // devices)
    found = []
    for power in range(MOST):
        waves = -(-each // 2**power)
        found.append(-(-each // waves))
    return list(dict.fromkeys(found))


def choose(
    groups: Iterable[int], seconds: Callable[[int], float], *, replicas: int, devices: int
) -> Choice:
    """Returns the fastest of some groups, timed from the smallest up until one gains nothing.

    seconds: times a group: an update of a whole wave. A group that a device has no memory for ends
    the search; where that is the first, the error is raised.
    """
    timings: list[Timing] = []
    best: Timing | None = None
    limit, missed = "", 0
    for group in groups:
        try:
            wave = seconds(group)
        except jax.errors.JaxRuntimeError as error:
            if best is None or not is_out_of_memory(error):
                raise
            limit = f"a device has no memory for {group}"
            break
        waves = -(-replicas // (devices * group))
        timings.append(Timing(group, wave * waves / replicas))
        now = timings[-1].seconds
        if best is None or now < (1 - GAIN) * best.seconds:
            best, missed = timings[-1], 0
        else:
            missed += 1
        # One candidate may lose for how its products are cut; two in a row do not.
        if missed == 2 or now > HOPELESS * best.seconds:
            break
    assert best is not None, "no group to choose from"
    return Choice(best.group, tuple(timings), limit)
