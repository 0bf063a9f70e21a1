"""A finished run opened to predict with its weights; nothing of what it left is written over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import jax
from rich.console import Console

from mol_jax.data import generated, load
from mol_jax.data.identity import refuse_other_data
from mol_jax.data.split import make_folds
from mol_jax.errors import UserError
from mol_jax.files.lock import locked
from mol_jax.reporting.finished_run import Run
from mol_jax.settings.trials import Trial
from mol_jax.study.study import Study, in_workdir
from mol_jax.study.workdir import Workdir
from mol_jax.terminal.sentence import say


@contextmanager
def finished(
    trials: Sequence[Trial], run: Run, folder: Path, *, console: Console
) -> Iterator[tuple[Study, Path]]:
    """Loads the data of a run and holds its workdir; yields its study and where the data is built.

    trials: of `recorded_trials`. Where there are fewer devices than the run asked for, all are
    used.

    Raises UserError where the data is not built or not what the run was trained on, another process
    is at work in the workdir, or nothing can be written there.
    """
    for trial in trials:
        if trial.config.runtime.devices > len(jax.local_devices()):
            with trial.config.unlocked():
                trial.config.runtime.devices = 0
    config = trials[0].config
    with locked(folder) as note:
        if note:
            say(console, note)
        place = generated.ensure(config, console=console)
        dataset = load.load(config, place)
        refuse_other_data(folder, run.dataset, dataset.fingerprint)
        folds = make_folds(config, dataset)
        files = Workdir(folder, run.measures)
        yield in_workdir(trials, dataset, folds, files, console=console), place


def refuse_no_weights(study: Study, trial: Trial) -> None:
    """Raises UserError unless every fold of a trial is trained, and its weights were kept."""
    folder = study.files.folder
    for one in study.replicas([trial]):
        if study.checkpoints.finished(one.name) is None:
            raise UserError(
                f"{folder} has not trained {one.name} to its end: run the command that trained it "
                "again, for all folds; it goes on where it was stopped."
            )
        if not study.checkpoints.has_final(one.name):
            raise UserError(
                f"{folder} kept the predictions of {one.name} and not its weights "
                "(train.keep_weights=False), so nothing can be predicted with them: train it in "
                "another --workdir."
            )
