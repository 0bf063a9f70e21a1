"""The composite's study of each network that papers are compared with: alone and side by side."""

from collections.abc import Iterator

from benchmarks.device import models
from benchmarks.device.bench import Bench, together
from benchmarks.device.models import Model
from benchmarks.device.part import Part, Row
from benchmarks.device.turns import turn, turns

SEEDS = 5
GROUPS = ((("lax", 1), ("patches", 17), ("patches", 68)), (("lax", 1), ("patches", 2)))


def measure(bench: Bench) -> Iterator[Row]:
    """Yields a row for each network and group, with the hours of 68 folds × 5 seeds at its pace."""
    cases = GROUPS[bench.tiny]
    for name in models.ZOO[: 1 if bench.tiny else None]:
        model = bench.model(name)
        model.start  # noqa: B018  compiled once, not in each thread
        made = together(
            [
                lambda how=how, group=group, model=model: turn(
                    model, group=group, lowering=how, steps=bench.steps(10)
                )
                for how, group in cases
            ]
        )
        for (lowering, group), row in zip(cases, turns(list(made)), strict=True):
            what = f"{name}, batch {model.config.train.batch_size}, {lowering}, group {group}"
            yield {"what": what, **row, **_study(model, group, row)}


def _study(model: Model, group: int, row: Row) -> Row:
    """Returns the hours of all replicas; a last group that is not full costs as much as others."""
    if "ms" not in row:
        return {}
    waves = -(-model.folds * SEEDS // group)
    return {"hours": waves * model.config.train.steps * row["ms"] / 3.6e6}


PART = Part("zoo", "The composite's networks: 68 folds × 5 seeds of each", 150, measure)
