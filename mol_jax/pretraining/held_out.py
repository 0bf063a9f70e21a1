"""The people who are held out: predicted between updates, scored by a run's own code."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mol_jax.data.clips import ClipTable, Dataset
from mol_jax.errors import UserError
from mol_jax.networks.network import Predicted
from mol_jax.pretraining.source import Source
from mol_jax.pretraining.stream import gathered
from mol_jax.protocol.folds import Fold
from mol_jax.scoring.confusion import by_subject, scores
from mol_jax.scoring.measure import Measure
from mol_jax.scoring.summary import dense_sums
from mol_jax.settings.pretraining import SCORES
from mol_jax.study.results import Results
from mol_jax.training.replicas import Replica


@dataclasses.dataclass(frozen=True)
class HeldOut:
    """The clips of the people who are held out, as a study's dataset, and by what they are scored.

    measures: of the network. mer: whether it tells classes apart.
    """

    dataset: Dataset
    replica: Replica
    measures: tuple[Measure, ...]
    mer: bool

    @property
    def table(self) -> ClipTable:
        """All clips."""
        return self.dataset.table

    @property
    def names(self) -> tuple[str, ...]:
        """What is scored, in the order of the columns of validation.csv."""
        return (*(SCORES if self.mer else ()), *(one.name for one in self.measures))

    def results(self, predicted: Predicted) -> Results:
        """Returns what was predicted of every clip as rows of tables."""
        results = Results(self.measures)
        results.add(self.dataset, self.replica, (predicted, True))
        return results

    def figures(self, predicted: Predicted) -> dict[str, float | None]:
        """Returns what validation.csv has of a step: scores as fractions, measures in their units.

        A share is in percent. None for what these clips do not tell.
        """
        results, found = self.results(predicted), {}
        if self.mer:
            counts = by_subject(results.predictions, self.dataset.classes).sum((0, 1))
            every = scores(counts)
            found = {name: every[name] for name in SCORES}
        for one in self.measures:
            total, count = (part.sum() for part in dense_sums(results.dense, one))
            found[one.name] = (100 if one.share else 1) * float(total / count) if count else None
        return found


def sign_of(name: str, measures: Sequence[Measure], *, mer: bool) -> int:
    """Returns 1 where the greater of two figures of this name is the better one, -1 else.

    measures: of the network, of which those that have a reference are errors. mer: whether it tells
    classes apart.

    Raises UserError where the network is not measured by it, or it tells nothing of the network.
    """
    errors = [one.name for one in measures if one.reference]
    scored = list(SCORES) if mer else []
    if name not in (*scored, *errors):
        raise UserError(
            f"pretrain.measure is {name!r}, by which this network is not measured here; choose "
            f"one of {', '.join((*scored, *errors))}."
        )
    return 1 if name in scored else -1


def held_out(
    source: Source,
    *,
    measures: Sequence[Measure],
    mer: bool,
    frames: int,
    seed: int,
    workers: int,
    fingerprint: Mapping[str, Any],
) -> HeldOut:
    """Returns every clip of a source, which is read once and stays in memory.

    frames: t. workers: processes that draw.
    """
    count = len(source)
    table = gathered(source, count, workers)
    names = tuple(map(source.name, range(count)))
    numbers = np.tile(np.arange(1.0, frames + 1), (count, 1))
    dataset = Dataset(table, names, source.classes, dict(fingerprint), numbers, (), ())
    rows = np.arange(count)
    fold = Fold("held_out", train=rows[:0], test=rows)
    return HeldOut(dataset, Replica(0, seed, fold), tuple(measures), mer)
