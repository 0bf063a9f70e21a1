"""Replicas side by side on a card (`runtime.group`), for networks too small to fill it alone."""

from collections.abc import Iterator

from benchmarks.device.bench import Bench, together
from benchmarks.device.part import Part, Row
from benchmarks.device.turns import turn, turns

# Lowering and group. STSTNet's 68 folds × 5 seeds at once are the last. A study has a group of one
# with lax, any other with patches; the rest shows why.
LAX, PATCHES = "lax", "patches"
GROUPS = {
    ("ststnet", "float32"): (
        *((LAX, 1), (PATCHES, 1), (LAX, 16)),
        *((PATCHES, 16), (PATCHES, 68), (PATCHES, 340)),
    ),
    ("small", "float32"): ((LAX, 1), (LAX, 4), (PATCHES, 4), (PATCHES, 16)),
    ("small", "bfloat16"): ((LAX, 4), (PATCHES, 4)),
}
TINY = {("ststnet", "float32"): ((PATCHES, 1), (PATCHES, 2))}


def measure(bench: Bench) -> Iterator[Row]:
    """Yields a row for each network, lowering and group; the faster group of one is beside them."""
    for (name, dtype), cases in (TINY if bench.tiny else GROUPS).items():
        yield from _rows(bench, name, dtype, cases)


def _rows(bench: Bench, name: str, dtype: str, cases: tuple[tuple[str, int], ...]) -> Iterator[Row]:
    model = bench.model(name)
    model.start  # noqa: B018  compiled once, not in each thread
    steps = bench.steps(20)
    made = together(
        [
            lambda how=how, k=k: turn(model, group=k, lowering=how, dtype=dtype, steps=steps)
            for how, k in cases
        ]
    )
    rows = turns(list(made))
    singles = [row for (_, group), row in zip(cases, rows, strict=True) if group == 1]
    alone = min((row["ms_per_fold"] for row in singles if "ms_per_fold" in row), default=None)
    for (lowering, group), row in zip(cases, rows, strict=True):
        both = alone and "ms_per_fold" in row
        faster = {"times_faster": alone / row["ms_per_fold"]} if both else {}
        yield {"what": f"{name}, {dtype}, {lowering}, group {group}", **row, **faster}


PART = Part("groups", "Folds side by side", 70, measure)
