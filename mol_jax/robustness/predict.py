"""Every fold's held-out videos, predicted by that fold's own weights as each case shows them."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from mol_jax.data.moved_table import moved_table
from mol_jax.moved.predict import Video, rows_of, same_videos, with_table
from mol_jax.robustness.cases import Case
from mol_jax.scoring.predictions import Prediction
from mol_jax.settings.trials import Trial
from mol_jax.study.study import Study


@dataclasses.dataclass(frozen=True)
class Disturbed:
    """What is predicted in one case.

    rows: of every seed and held-out video, with the case's number as their trial. same: the videos
    of which the network saw exactly what it sees as they were built.
    """

    case: Case
    rows: tuple[Prediction, ...]
    same: frozenset[Video]


def predict(
    study: Study, trial: Trial, data_dir: Path, cases: Sequence[Case]
) -> Iterator[Disturbed]:
    """Yields what each case predicts; one case's table is in memory beside the built one.

    data_dir: where the dataset is built. Replicas that diverged have no rows.
    """
    for case in cases:
        if not case.number:
            yield Disturbed(case, rows_of(study, trial, 0), frozenset())
            continue
        table, _ = moved_table(trial.config, data_dir, study.dataset, case.how)
        rows = rows_of(with_table(study, table), trial, case.number)
        yield Disturbed(case, rows, same_videos(table, study.dataset))
