"""Replicas side by side on a card (`runtime.group`), for networks too small to fill it alone."""

from collections.abc import Iterator

from benchmarks.device.bench import Bench, together
from benchmarks.device.part import Part, Row
from benchmarks.device.turns import turn, turns

# STSTNet's 68 folds × 5 seeds at once are the last.
GROUPS = {"ststnet": (1, 4, 16, 68, 340), "small": (1, 2, 4, 8, 16)}
LOWERINGS = ("patches", "lax")


def measure(bench: Bench) -> Iterator[Row]:
    """Yields a row for each network, lowering and group; a group of one is the yardstick."""
    for name, groups in {"ststnet": (1, 2)}.items() if bench.tiny else GROUPS.items():
        for lowering in LOWERINGS:
            yield from _rows(bench, name, lowering, groups)


def _rows(bench: Bench, name: str, lowering: str, groups: tuple[int, ...]) -> Iterator[Row]:
    model = bench.model(name)
    model.start  # noqa: B018  compiled once, not in each thread
    steps = bench.steps(20)
    made = together(
        [lambda k=k: turn(model, group=k, lowering=lowering, steps=steps) for k in groups]
    )
    rows = turns(list(made))
    alone = rows[0].get("ms_per_fold")
    for group, row in zip(groups, rows, strict=True):
        both = alone and "ms_per_fold" in row
        faster = {"times_faster": alone / row["ms_per_fold"]} if both else {}
        yield {"what": f"{name}, {lowering}, group {group}", **row, **faster}


PART = Part("groups", "Folds side by side", 120, measure)
