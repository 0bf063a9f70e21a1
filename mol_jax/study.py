"""A study: trials × seeds × folds on one dataset, and the folder that holds what it found."""

import dataclasses
import difflib
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ml_collections import ConfigDict
from rich.console import Console

from data_builders.views import get_view
from mol_jax import data, generated, protocols, settings, workdir
from mol_jax.checkpoints import Checkpoints
from mol_jax.data import Dataset
from mol_jax.errors import UserError
from mol_jax.history import History
from mol_jax.protocols import Fold
from mol_jax.replicas import Engine, Replica
from mol_jax.settings import Hparams
from mol_jax.trials import Trial
from mol_jax.workdir import Workdir


@dataclasses.dataclass(frozen=True)
class Study:
    """What is trained, on what, and where it is kept."""

    trials: Sequence[Trial]
    dataset: Dataset
    folds: Sequence[Fold]
    files: Workdir
    checkpoints: Checkpoints
    history: History

    @property
    def config(self) -> ConfigDict:
        """Returns the config of the first trial; all trials share its data, folds and seeds."""
        return self.trials[0].config

    def replicas(self, trials: Sequence[Trial], *, all_folds: bool = False) -> list[Replica]:
        """Returns the replicas of some trials in the order of the tables.

        all_folds: also of the folds that protocol.only leaves out.
        """
        only = () if all_folds else self.config.protocol.only
        return make_replicas(trials, [f for f in self.folds if not only or f.name in only])

    def hparams(self, replica: Replica) -> Hparams:
        """Returns the traced hyperparameters of a replica."""
        return settings.hparams(self.trials[replica.trial].config)

    def engine(self, group: Sequence[Trial]) -> Engine:
        """Returns the compiled functions of trials that differ in traced fields only.

        Waves are as wide as all folds fill them, so that every session has the same program.
        """
        config = group[0].config
        return Engine(
            settings.statics(config, num_classes=len(self.dataset.classes)),
            self.dataset.table,
            loop=config.runtime.loop,
            group=config.runtime.group,
            devices=config.runtime.devices,
            batch_size=config.predict.batch_size,
            replicas=len(self.replicas(group, all_folds=True)),
        )


def make_replicas(trials: Sequence[Trial], folds: Sequence[Fold]) -> list[Replica]:
    """Returns trials × seeds × folds, in the order of the tables."""
    every = itertools.product(trials, trials[0].config.seeds, folds)
    return [Replica(trial.number, seed, fold) for trial, seed, fold in every]


@contextmanager
def opened(
    trials: Sequence[Trial], folder: Path, *, command: str, console: Console, new: bool
) -> Iterator[Study]:
    """Loads the data (generating it where the config says so), and holds the workdir.

    new: whether the workdir may be one without a run. Raises UserError for a config, a dataset or
    a workdir that does not fit.
    """
    config = trials[0].config
    workdir.check(folder, trials, new=new)
    get_view(config.data.name, config.data.view)  # before hours of drawing and building
    dataset = data.load(config, generated.ensure(config, console=console))
    folds = make_folds(config, dataset)
    with workdir.claim(folder, trials, dataset.fingerprint, command=command) as files:
        history = History(files, make_replicas(trials, folds))
        yield Study(trials, dataset, folds, files, Checkpoints(folder / "checkpoints"), history)


def make_folds(config: ConfigDict, dataset: Dataset) -> Sequence[Fold]:
    """Returns the folds of a config. Raises UserError if protocol.only names one that is not."""
    folds = protocols.make_folds(
        config.protocol.name,
        [name.person for name in dataset.names],
        dataset.table.label,
        classes=dataset.classes,
        folds=config.protocol.folds,
    )
    names = [fold.name for fold in folds]
    for name in config.protocol.only:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.0)[0]
            raise UserError(
                f"protocol.only names the fold {name!r}, which is none of the {len(names)} here: "
                f"did you mean {near!r}?"
            )
    return folds
