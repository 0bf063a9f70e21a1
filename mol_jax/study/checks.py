"""What the trials of a study must be for it to be opened, on the dataset that they read."""

from collections.abc import Sequence

from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.data.clips import Dataset
from mol_jax.errors import UserError
from mol_jax.protocol.folds import Fold
from mol_jax.scoring.measure import SEEN
from mol_jax.settings.find import BUILT_IN, find
from mol_jax.settings.kind import READABLE
from mol_jax.settings.trials import Trial
from mol_jax.text.words import nearest
from mol_jax.training import contract
from mol_jax.training.program import make_program


def check_choice(trials: Sequence[Trial]) -> None:
    """Raises UserError where people would be held in and there is nothing to choose by them."""
    selection = trials[0].config.selection
    if selection.name == "inner" and not selection.every and len(trials) == 1:
        raise UserError(
            "selection.name is inner, but with one trial and selection.every=0 there is nothing to "
            "choose; set selection.every to the steps between two points, or run a sweep."
        )


def check_networks(trials: Sequence[Trial], dataset: Dataset) -> None:
    """Raises UserError for trials that read other leaves, or a network that breaks its contract."""
    every = [tuple(find(trial.config.model.network).reads(trial.config)) for trial in trials]
    if len(set(every)) > 1:
        raise UserError(
            "the trials' networks read different parts of a clip "
            f"({'; '.join(sorted({', '.join(reads) for reads in every}))}), but a study loads one "
            "table: give each its own --workdir."
        )
    classes, name = len(dataset.classes), trials[0].config.model.network
    if name in BUILT_IN or settings.is_fitted(trials[0].config):
        return
    # Trials that differ in traced fields alone are one program, which is traced once.
    distinct = {
        (make_program(t.config, num_classes=classes), t.config.tasks.mer): settings.scalars(
            t.config
        )
        for t in trials
    }
    for (program, mer), scalars in distinct.items():
        contract.check(program, scalars, dataset.table, name=name, mer=mer)


def check_keep(trials: Sequence[Trial], paths: Sequence[str], folds: Sequence[Fold]) -> None:
    """Raises UserError where predict.keep names a clip of which there will be nothing to keep."""
    keep = trials[0].config.predict.keep
    if not keep:
        return
    tested = {paths[row] for fold in folds for row in fold.test}
    for path in keep:
        near = nearest(path, sorted(tested))
        if path not in paths:
            raise UserError(
                f"predict.keep names {path!r}, which is none of the {len(paths)} clips here "
                f"(dataset/subject/clip): did you mean {near!r}?"
            )
        if path not in tested:
            raise UserError(
                f"predict.keep names {path!r}, which no fold of this run holds out; name one that "
                f"is tested, such as {near!r}."
            )
    if any(kept_tasks(trial.config) & {*SEEN} for trial in trials):
        return
    config = trials[0].config
    unread = [leaf for leaf in READABLE if leaf not in find(config.model.network).reads(config)]
    if keep and unread:
        raise UserError(
            f"predict.keep names clips, but the network {config.model.network!r} does not read "
            f"{' and '.join(unread)}, beside which flow and landmarks are kept; leave it empty."
        )
    if keep and not any(t.config.tasks.flow or t.config.tasks.landmarks for t in trials):
        raise UserError(
            "predict.keep names clips, but tasks.flow and tasks.landmarks are both False, so there "
            "is nothing to keep; turn one on or leave predict.keep empty."
        )


def kept_tasks(config: ConfigDict) -> set[str]:
    """Returns the tasks of a trial of which `predict.keep` can keep what is predicted."""
    network = make_program(config, num_classes=2).network  # the classes change no measure
    on = {task for task in ("flow", "landmarks") if config.tasks[task]}
    return on | {one.task for one in network.measures if one.task in SEEN}
