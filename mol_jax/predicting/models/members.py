"""The models of a finished run: the weights of every fold and seed of its first trial."""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from absl import logging

from mol_jax.data.identity import identity
from mol_jax.errors import UserError
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.scoring.predictions import Prediction
from mol_jax.settings.trials import Trial
from mol_jax.study import claim
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.study.study import CHECKPOINTS
from mol_jax.training import footprint
from mol_jax.training.program import Program
from mol_jax.training.step import FoldState
from mol_jax.weights.record import checksums

_AGAIN = "run the command that trained it again, which goes on where it was stopped"


@dataclasses.dataclass(frozen=True, eq=False)
class Member:
    """One model. state: its weights and what it knows of its training rows; no optimiser."""

    seed: int
    fold: str
    state: FoldState


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Lets Orbax log nothing meanwhile, which it does of every checkpoint."""
    before = logging.get_verbosity()
    logging.set_verbosity(logging.FATAL)
    try:
        yield
    finally:
        logging.set_verbosity(before)


@_quiet()
def restored(run: Run, folder: Path, trial: Trial, program: Program) -> tuple[Member, ...]:
    """Returns the models of a run's first trial, on the host, by seed and fold.

    Replicas that diverged are left out, and those of folds that were not asked for. The dataset is
    not needed: which folds there are stands in the run's tables and its checkpoints.

    Raises UserError where weights are not kept, damaged, another run's or of other shapes, or where
    none is left.
    """
    sums = checksums(claim.weights(folder))
    of = identity(trial.config, run.dataset, weights=sums.get(trial.number, ""))
    kept = Checkpoints(folder / CHECKPOINTS, {trial.number: of})
    like = footprint.shapes(program, clips=1)[-1]
    found = [
        Member(seed, fold, kept.restore_final(name, like))
        for seed, fold, name in _finished(run, folder, trial, kept)
    ]
    if not found:
        raise UserError(
            f"{folder} has no model to predict with, every fold diverged or is not trained: "
            f"{_AGAIN}, or train it with a lower optim.learning_rate in another --workdir."
        )
    return tuple(found)


def _finished(
    run: Run, folder: Path, trial: Trial, kept: Checkpoints
) -> Iterator[tuple[int, str, str]]:
    """Yields seed, fold and name of each replica with weights. Raises UserError as `restored`."""
    rows: list[Prediction | DenseRow] = [*run.predictions.rows, *run.dense]
    tested = {(row.seed, row.fold) for row in rows}
    for seed, fold in sorted(tested | set(_listed(folder, trial))):
        name = f"trial{trial.number}/seed{seed}/{fold}"
        outcome = kept.finished(name)
        if outcome is None and (seed, fold) in tested:
            raise UserError(
                f"{folder} lacks the checkpoint of {name}, which its tables have: copy the whole "
                f"workdir, or {_AGAIN}."
            )
        if outcome is None or not outcome[1]:
            continue
        if not kept.has_final(name):
            raise UserError(
                f"{folder} kept the predictions of {name} and not its weights "
                "(train.keep_weights=False), so nothing can be predicted with them: train it in "
                "another --workdir."
            )
        yield seed, fold, name


def _listed(folder: Path, trial: Trial) -> Iterator[tuple[int, str]]:
    """Yields seed and fold of each replica that has a folder."""
    for seed in trial.config.seeds:
        place = folder / CHECKPOINTS / f"trial{trial.number}" / f"seed{seed}"
        for one in place.iterdir() if place.is_dir() else ():
            if one.is_dir():
                yield int(seed), unquote(one.name)
