"""What a network is measured by beside its classes: columns of dense.csv and their means.

A network declares its measures, and config.json of a run keeps the list, so that whoever reads the
run needs no network.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError

TASKS = ("flow", "landmarks")  # metrics.json has their keys always, None where they are off
SEEN = (
    "displacement",
    "regions",
)  # of a clip's onset and apex, or its face: predict.keep keeps them
OVER = ("pairs", "frames", "videos")
# Names that the tables and metrics.json have for something else.
_COLUMNS = ("dataset", "subject", "clip", "fold", "trial", "seed", "generated", *OVER)
_TAKEN = (
    "protocol", "n_clips", "n_subjects", "generated_clips", "classes", "pooled", "ci95",
    "baselines", "floor", "per_dataset", "per_trial", "choice", "failed_folds", "missing_folds",
    "runtime", "trial", "n_predictions", "mean", "sd", "per_seed", "clip_level", "audit",
    "selected", "held_in", "leaky_oracle", "chosen_steps", "chosen_c",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Measure:
    """One figure of each video.

    name: its column in dense.csv, "epe". task: its place in metrics.json, "flow". unit: "px" or
    "%". over: what it is a mean (or count) over in a video and the column that says of how many:
    "pairs" or "frames", t−1 of each, or "videos", 1. reference: name of the measure that a trivial
    predictor has, "epe_zero", "" for none. key: its name in metrics.json where it is not `name`.
    share: whether the column is a count out of `over`, of which metrics.json has the percentage.
    """

    name: str
    task: str
    unit: str
    over: str
    reference: str = ""
    key: str = ""
    share: bool = False

    @property
    def entry(self) -> str:
        """Returns its name in metrics.json."""
        return self.key or self.name


def check(measures: Sequence[Measure]) -> None:
    """Raises UserError where measures cannot stand together in the tables of a run."""
    names = [one.name for one in measures]
    entries = [(one.task, one.entry) for one in measures]
    tasks = {one.name: one.task for one in measures}
    for one in measures:
        if one.over not in OVER:
            raise _wrong(one, f"over = {one.over!r}", f"one of {', '.join(OVER)}")
        if not one.name or one.name in _COLUMNS or names.count(one.name) > 1:
            raise _wrong(one, "a name that is empty or another column's", "one of its own")
        if not one.name.isprintable() or "," in one.name:
            raise _wrong(one, "a name that no column can have", "letters, digits and _")
        if entries.count((one.task, one.entry)) > 1:
            raise _wrong(one, f"the place of another, {one.task}.{one.entry}", "another key")
        if not one.task or one.task in _TAKEN:
            raise _wrong(one, f"task = {one.task!r}", "a name that metrics.json has not yet")
        if one.reference and tasks.get(one.reference) != one.task:
            same = [name for name, task in tasks.items() if task == one.task]
            raise _wrong(one, f"reference = {one.reference!r}", f"one of {', '.join(same)}")


def _wrong(measure: Measure, got: str, expected: str) -> UserError:
    return UserError(
        f"the network's measure {measure.name!r} has {got}, expected {expected}: change it where "
        "the network declares its measures."
    )


def columns(measures: Sequence[Measure]) -> tuple[str, ...]:
    """Returns the columns of dense.csv after its key: each `over`, then what is over it."""
    return tuple(
        name
        for over in dict.fromkeys(one.over for one in measures)
        for name in (over, *(one.name for one in measures if one.over == over))
    )


def counts(frames: int) -> dict[str, int]:
    """Returns how many there are in a video of `frames` frames, by the names of `OVER`."""
    return {"pairs": frames - 1, "frames": frames - 1, "videos": 1}


def recorded(measures: Sequence[Measure]) -> list[dict[str, Any]]:
    """Returns the list as config.json has it."""
    return [dataclasses.asdict(one) for one in measures]


def read(path: Path, config: Mapping[str, Any]) -> tuple[Measure, ...]:
    """Returns the measures of a run from its config.json, which is at `path`.

    Raises UserError where there are none: it is damaged or of an earlier version.
    """
    try:
        measures = tuple(Measure(**one) for one in config["measures"])
        check(measures)
    except (KeyError, TypeError, UserError):
        raise UserError(
            f"{path} has no list of measures as a run writes it: it is damaged or of an earlier "
            "version; train the run again in another --workdir"
        ) from None
    return measures
