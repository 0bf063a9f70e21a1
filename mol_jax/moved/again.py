"""A finished run opened to predict its held-out people again, of clips that are shown otherwise."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from absl import logging

from mol_jax.errors import UserError
from mol_jax.files.place import typed
from mol_jax.reporting.finished_run import Run
from mol_jax.settings.trials import Trial
from mol_jax.study import command
from mol_jax.study.recorded_trials import read_finished, recorded_trials


def opened(
    folder: Path, data_dir: str | None, *, scored: bool = True
) -> tuple[Run, Sequence[Trial]]:
    """Returns a finished run and its trials, and starts JAX for it.

    data_dir: of --data_dir, None for that of the run. scored: whether it must have a score. Raises
    UserError where its clips cannot be predicted again.
    """
    place = None if data_dir is None else str(typed(data_dir, "--data_dir"))
    run = read_finished(folder)
    trials = recorded_trials(run, folder, data_dir=place)
    _refuse_unpredicted(run, trials[0], folder, scored=scored)
    logging.set_verbosity(logging.FATAL)  # Orbax logs every checkpoint
    command.prepare_jax(trials[0].config)
    return run, trials


@contextmanager
def predicted(
    run: Run,
    trials: Sequence[Trial],
    folder: Path,
    cases: Sequence[Any],
    predict: Callable[..., Iterable[Any]],
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Gives the run's classes and what each case predicts, of which a line is said as it comes.

    predict: of a study, a trial, the place of its dataset and the cases; of each of these it yields
    a result that has it as its `case`.
    """
    from mol_jax.study.finished import finished, refuse_no_weights  # noqa: PLC0415  with it comes JAX
    from mol_jax.terminal.out import console  # noqa: PLC0415
    from mol_jax.terminal.sentence import say  # noqa: PLC0415

    out, results = console(stderr=True), list[Any]()
    with finished(trials, run, folder, console=out) as (study, place):
        refuse_no_weights(study, trials[0])
        for result in predict(study, trials[0], place, cases):
            say(out, f"{len(results) + 1}/{len(cases)} {result.case.words}: predicted")
            results.append(result)
        yield study.dataset.classes, results


def _refuse_unpredicted(run: Run, trial: Trial, folder: Path, *, scored: bool) -> None:
    """Raises UserError where nothing was classified, or no weights are kept.

    And where nothing can be written: it is said now, and not after everything is predicted.
    """
    if not os.access(folder, os.W_OK):
        raise UserError(
            f"nothing can be written in {folder}: make it writable, or copy the run elsewhere."
        )
    if scored and run.settings["protocol"]["name"] == "all":
        raise UserError(
            f"{folder} trained on all people and tested nobody (protocol.name=all), so there is "
            "nobody to predict again: take a run of the same config that leaves people out."
        )
    if scored and not run.metrics["pooled"]:
        raise UserError(
            f"{folder} has no score (tasks.mer is off, or every fold diverged), so there is "
            "nothing to compare with: take a run that classifies."
        )
    network = trial.config.model.network
    if run.fitted:
        raise UserError(
            f"{folder} is of model.network={network}, which is fitted at once and leaves no "
            "weights to predict with: take a run of a network that is trained in steps."
        )
