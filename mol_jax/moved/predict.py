"""Every fold's held-out videos, predicted by that fold's own weights with key frames moved.

It is `predict_group` of --mode=eval, given another table: rows, folds and weights are the run's.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from mol_jax.data.clips import ClipTable, Dataset
from mol_jax.data.moved import Shift, Shown
from mol_jax.data.moved_table import moved_table
from mol_jax.moved.cases import Case
from mol_jax.scoring.predictions import Prediction
from mol_jax.settings.trials import Trial
from mol_jax.study.results import prediction
from mol_jax.study.study import Study
from mol_jax.study.train_waves import predict_group

Video = tuple[str, str, str]  # dataset, subject, clip


@dataclasses.dataclass(frozen=True)
class Moved:
    """What is predicted in one case.

    rows: of every seed and held-out video, with the case's number as their trial. shown: which
    frames were onset and apex, none where nothing is moved. same: the videos of which the network
    saw exactly what it sees unmoved.
    """

    case: Case
    rows: tuple[Prediction, ...]
    shown: Mapping[Video, Shown]
    same: frozenset[Video]


def predict(study: Study, trial: Trial, data_dir: Path, cases: Sequence[Case]) -> Iterator[Moved]:
    """Yields what each case predicts; one case's table is in memory beside the unmoved one.

    data_dir: where the dataset is built. Replicas that diverged have no rows.
    """
    for case in cases:
        if not case.number:
            yield Moved(case, _rows(study, trial, case), {}, frozenset())
            continue
        shift = Shift(case.onset, case.apex)
        table, shown = moved_table(trial.config, data_dir, study.dataset, shift)
        names = [(name.dataset, name.subject, name.clip) for name in study.dataset.names]
        same = frozenset(names[row] for row in _same_rows(table, study.dataset))
        other = dataclasses.replace(study.dataset, table=table)
        rows = _rows(dataclasses.replace(study, dataset=other), trial, case)
        yield Moved(case, rows, dict(zip(names, shown, strict=True)), same)


def _rows(study: Study, trial: Trial, case: Case) -> tuple[Prediction, ...]:
    """Returns the predictions of every replica that did not diverge, in the order of the tables."""
    tested = predict_group(study, [trial], lambda what, made: None)
    found = {one.replica.key: one.predicted for one in tested if one.finite}
    rows = [
        prediction(study.dataset, int(row), replica, found[replica.key].probabilities[index])
        for replica in study.replicas([trial])
        if replica.key in found
        for index, row in enumerate(replica.fold.test)
    ]
    return tuple(dataclasses.replace(row, trial=case.number) for row in rows)


def _same_rows(table: ClipTable, dataset: Dataset) -> list[int]:
    """Returns the rows of which every input is as it was."""
    before = dataset.table.inputs
    return [
        row
        for row in range(len(dataset.names))
        if all(np.array_equal(made[row], before[name][row]) for name, made in table.inputs.items())
    ]
