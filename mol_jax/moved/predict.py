"""Every fold's held-out videos, predicted by that fold's own weights with key frames moved.

It is `predict_group` of --mode=eval, given another table: rows, folds and weights are the run's.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from mol_jax.data.clips import ClipTable, Dataset
from mol_jax.data.disturbed import Disturbance
from mol_jax.data.moved import Shift, Shown
from mol_jax.data.moved_table import moved_table, shown_frames
from mol_jax.data.seen import seen
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
            yield Moved(case, rows_of(study, trial, case.number), {}, frozenset())
            continue
        shift, read = Shift(case.onset, case.apex), (trial.config, data_dir, study.dataset)
        if case.onset or seen(trial.config).apex:
            table, shown = moved_table(*read, Disturbance(shift))
        else:  # it looks at no apex
            table, shown = study.dataset.table, shown_frames(*read, shift)
        videos = videos_of(study.dataset)
        rows = rows_of(with_table(study, table), trial, case.number)
        shown_of = dict(zip(videos, shown, strict=True))
        yield Moved(case, rows, shown_of, same_videos(table, study.dataset))


def videos_of(dataset: Dataset) -> list[Video]:
    """Returns the video of each row."""
    return [(name.dataset, name.subject, name.clip) for name in dataset.names]


def with_table(study: Study, table: ClipTable) -> Study:
    """Returns a study whose clips are shown as in another table of the same rows."""
    return dataclasses.replace(study, dataset=dataclasses.replace(study.dataset, table=table))


def rows_of(study: Study, trial: Trial, number: int) -> tuple[Prediction, ...]:
    """Returns the predictions of every replica that did not diverge, in the order of the tables.

    number: of the case, which is their trial.
    """
    tested = predict_group(study, [trial], lambda what, made: None)
    found = {one.replica.key: one.predicted for one in tested if one.finite}
    rows = [
        prediction(study.dataset, int(row), replica, found[replica.key].probabilities[index])
        for replica in study.replicas([trial])
        if replica.key in found
        for index, row in enumerate(replica.fold.test)
    ]
    return tuple(dataclasses.replace(row, trial=number) for row in rows)


def same_videos(table: ClipTable, dataset: Dataset) -> frozenset[Video]:
    """Returns the videos of which everything that the network sees is as it was."""
    pairs = list(zip(_parts(table), _parts(dataset.table), strict=True))
    return frozenset(
        video
        for row, video in enumerate(videos_of(dataset))
        if all(np.array_equal(now[row], before[row]) for now, before in pairs)
    )


def _parts(table: ClipTable) -> list[np.ndarray]:
    """Returns what a table has of its N clips, each [N, ...]."""
    samples = (table.frames, table.flow, table.landmarks)
    of_samples = [leaf.reshape(len(table.label), -1) for leaf in samples if leaf is not None]
    of_clips = [leaf for leaf in (table.phases, table.pixels) if leaf is not None]
    return [*of_samples, *of_clips, *table.inputs.values()]
