"""The trials of a run as its config.json records them, for whoever works with its weights."""

from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from mol_jax.errors import UserError
from mol_jax.reporting.finished_run import Run, read_run
from mol_jax.settings.trials import Trial, make_trials
from mol_jax.study import claim


def read_finished(folder: Path) -> Run:
    """Reads the files of a finished run. Raises UserError where there is none, or not finished."""
    if not (folder / "config.json").exists():
        raise UserError(
            f"{folder} holds no run (no config.json): name the --workdir of a finished one."
        )
    if not (folder / "metrics.json").exists():
        raise UserError(
            f"{folder} holds a run that is not finished (no metrics.json): run the command that "
            "trained it again, which goes on where it was stopped."
        )
    return read_run(folder)


def recorded_trials(run: Run, folder: Path, *, data_dir: str | None = None) -> tuple[Trial, ...]:
    """Returns the trials of a run as they were trained, of all folds.

    data_dir: where the dataset is built, if not where the run's config says.

    Raises UserError where this version has other fields, or the file of a network of the user's own
    has changed.
    """
    config = ConfigDict(_tuples(run.settings))
    try:
        config.protocol.only = ()
        config.predict.keep = ()
        config.data.check_csv = ""  # it was checked when the run was trained
        config.data.dir = config.data.dir if data_dir is None else data_dir
        trials = make_trials(config, [one["values"] for one in run.config["trials"]])
    except (UserError, AttributeError, TypeError) as error:
        raise UserError(
            f"{folder / 'config.json'} does not fit this version ({error}): train the run again in "
            "another --workdir."
        ) from error
    claim.check(folder, trials, new=False)
    return trials


def _tuples(tree: Any) -> Any:
    """Returns what a JSON file holds of a config, with tuples again where it has lists."""
    if isinstance(tree, dict):
        return {name: _tuples(value) for name, value in tree.items()}
    return tuple(map(_tuples, tree)) if isinstance(tree, list) else tree
