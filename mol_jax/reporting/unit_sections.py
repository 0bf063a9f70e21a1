"""The section of a report about action units that a head was taught: how well is each told?"""

from typing import NamedTuple

import numpy as np

from mol_jax.reporting.finished_run import Run
from mol_jax.reporting.means import Mean
from mol_jax.scoring.intervals import mean_interval
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.summary import Floats, dense_sums
from mol_jax.text import tables

TASK = "action_units"
CODED, HIT = "au_coded", "_hit"  # the column of clips that were coded; the end of a unit's columns
TITLE = "## Action units"
HEADER = ["action unit", "clips that show it", "F1, % [95 %, over subjects]", "F1 of always, %"]


class _Unit(NamedTuple):
    """Clips by seed and person [K, P]: there and told, there and not told, told and not there."""

    hit: Floats
    miss: Floats
    false: Floats

    @property
    def shown(self) -> Floats:
        return self.hit + self.miss

    @property
    def f1(self) -> Mean:
        """F1 in percent: a ratio of sums over people, as any mean over videos is."""
        top, bottom = 200 * self.hit, 2 * self.hit + self.miss + self.false
        return Mean(float((top.sum(1) / bottom.sum(1)).mean()), mean_interval(top, bottom))


def units(run: Run) -> list[str]:
    """Gives F1 of each unit that some clip shows, and of telling it of every clip."""
    shown = measures(run)
    if not shown:
        return []
    if not run.metrics[TASK]:
        return [TITLE, "Nothing was scored."]
    coded = dense_sums(run.dense, run.measure(CODED))[0]
    every = {name: _unit(run, name) for name in (one.name for one in shown) if name.endswith(HIT)}
    there = {name: unit for name, unit in every.items() if unit.shown.any()}
    if not there:
        return [TITLE, "None of the clips that were tested shows one of the units."]
    always = {name: _always(unit.shown, coded) for name, unit in there.items()}
    lines = [
        [
            name.removesuffix(HIT).removeprefix("au"),
            f"{unit.shown.sum(1).mean():.0f}",
            unit.f1.written(".1f"),
            f"{always[name]:.1f}",
        ]
        for name, unit in there.items()
    ]
    mean = np.mean([unit.f1.value for unit in there.values()])
    lines.append(["mean", "", f"{mean:.1f}", f"{np.mean([*always.values()]):.1f}"])
    return [
        TITLE,
        tables.markdown(HEADER, lines),
        f"Of {coded.sum(1).mean():.0f} clips whose annotation has any; the head of model.au_weight "
        "tells a unit where its probability is above a half. A unit that no clip shows is left "
        "out. Always is what telling it of every clip would reach.",
    ]


def measures(run: Run) -> list[Measure]:
    """Returns the measures that this section speaks of."""
    return [one for one in run.measures if one.task == TASK] if run.has(CODED) else []


def _unit(run: Run, name: str) -> _Unit:
    unit = name.removesuffix(HIT)
    return _Unit(*(dense_sums(run.dense, run.measure(f"{unit}_{end}"))[0] for end in _Unit._fields))


def _always(shown: Floats, coded: Floats) -> float:
    """Returns the F1 in percent of telling a unit of every clip that was coded."""
    return float(np.mean(200 * shown.sum(1) / (shown.sum(1) + coded.sum(1))))
