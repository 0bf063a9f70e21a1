"""One update a call, or many in a device loop (`runtime.loop`), for the small networks."""

from collections.abc import Iterator

from benchmarks.device.bench import Bench, together
from benchmarks.device.part import Part, Row
from benchmarks.device.turns import Turn, turn, turns

STEPS, NAMES = 50, ("small", "ststnet")


def measure(bench: Bench) -> Iterator[Row]:
    """Yields both loops of each network."""
    names = NAMES[1:] if bench.tiny else NAMES
    cases = [(name, loop) for name in names for loop in ("host", "scan")]

    def job(name: str, loop: str) -> Turn:
        return turn(bench.model(name), loop=loop, steps=bench.steps(STEPS))

    for name in names:
        bench.model(name).start  # noqa: B018  compiled once, not in each thread
    made = together([lambda case=case: job(*case) for case in cases])
    for (name, loop), row in zip(cases, turns(list(made)), strict=True):
        yield {"what": f"{name}, loop {loop}", **row}


PART = Part("loops", "One update a call against a device loop", 40, measure)
