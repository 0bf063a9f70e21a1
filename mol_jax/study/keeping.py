"""Which clips a study keeps the predictions of, and the files that are written as it predicts."""

from collections.abc import Sequence
from pathlib import Path

import jax
import numpy as np

from mol_jax.data.split import clip_paths
from mol_jax.dense import displaced, kept, videos
from mol_jax.errors import UserError
from mol_jax.scoring.measure import SEEN
from mol_jax.settings import aligned_size
from mol_jax.study.checks import kept_tasks
from mol_jax.study.study import Study
from mol_jax.training.engine import Engine
from mol_jax.training.replicas import Replica, Wave
from mol_jax.training.step import Dense, FoldState


def rows_of(study: Study, replica: Replica) -> np.ndarray:
    """Returns the rows of the replica's held-out videos that `predict.keep` names, int [n]."""
    config, paths = study.trials[replica.trial].config, clip_paths(study.dataset)
    named = [row for row in replica.fold.test if paths[row] in config.predict.keep]
    return np.array(named if named and kept_tasks(config) else [], np.int32)


def lacks(study: Study, replica: Replica) -> bool:
    """Tells whether a finished replica must be predicted again, for a clip it has not kept yet.

    Raises UserError where it would have to and did not keep its weights.
    """
    absent = [row for row in rows_of(study, replica) if not _path(study, replica, row).is_file()]
    finished = study.checkpoints.finished(replica.name) if absent else None
    if finished is None or not finished[1]:
        return False  # it lacks none, is still to be predicted, or diverged and has nothing to keep
    if not study.checkpoints.has_final(replica.name):
        raise UserError(
            f"predict.keep names {clip_paths(study.dataset)[absent[0]]!r}, but {replica.name} is "
            "finished and kept its predictions and not its weights (train.keep_weights=False); "
            "leave the clip out, or train in another --workdir."
        )
    return True


def keep(
    study: Study, engine: Engine, wave: Wave, weights: FoldState, good: Sequence[bool]
) -> None:
    """Predicts the clips of `predict.keep` among a wave's held-out videos, and writes their files.

    good: of each replica, whether it has finite predictions; of others nothing is kept.
    """
    rows = [
        rows_of(study, one) if fine else np.zeros(0, np.int32)
        for one, fine in zip(wave.replicas, good, strict=True)
    ]
    if not any(map(len, rows)):
        return
    found = engine.predict_dense(wave, weights, rows)
    for replica, of, dense in zip(wave.replicas, rows, found, strict=True):
        for index, row in enumerate(of):
            _write(study, replica, int(row), dense, index)


def _write(study: Study, replica: Replica, row: int, dense: Dense, index: int) -> None:
    of = jax.tree.map(lambda leaf: leaf[index], dense)
    path = _path(study, replica, row)
    if kept_tasks(study.trials[replica.trial].config) & {*SEEN}:
        kept.replace(
            path, displaced.of_clip(study.dataset, row, of, side=aligned_size(study.config))
        )
        return
    video = videos.video(study.dataset, row, study.config.data.crop)
    kept.replace(path, kept.of_video(video, of.flow, of.landmarks))


def _path(study: Study, replica: Replica, row: int) -> Path:
    name, (trial, seed, _) = study.dataset.names[row], replica.key
    return kept.path_of(study.files.folder, trial, seed, (name.dataset, name.subject, name.clip))
