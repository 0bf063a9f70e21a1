"""A study: trials × seeds × folds on one dataset, and the folder that holds what it found."""

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict
from rich.console import Console

from mol_jax import settings
from mol_jax.data import generated, known, load
from mol_jax.data.clips import Dataset
from mol_jax.data.identity import identity
from mol_jax.data.known import Sizes
from mol_jax.data.split import check_sides, clip_paths, make_folds, protocol_words
from mol_jax.networks.network import Scalars
from mol_jax.protocol import audit
from mol_jax.protocol.folds import Fold, independent
from mol_jax.scoring.by_step import Points
from mol_jax.scoring.measure import Measure
from mol_jax.settings.find import BUILT_IN
from mol_jax.settings.trials import Trial
from mol_jax.study import auto_group, checks, claim, memory
from mol_jax.study import given as starts
from mol_jax.study.checkpoints import Checkpoints, replica_folder
from mol_jax.study.engines import compile_undrawn, count_devices, make_engine
from mol_jax.study.history import History
from mol_jax.study.workdir import Workdir
from mol_jax.terminal import sentence
from mol_jax.training.devices import computed_on
from mol_jax.training.engine import Engine
from mol_jax.training.program import make_program
from mol_jax.training.replicas import Replica
from mol_jax.weights import record
from mol_jax.weights.record import Record

CHECKPOINTS = "checkpoints"  # the folder of a workdir


@dataclasses.dataclass(frozen=True)
class Study:
    """What is trained, on what, and where it is kept.

    say: tells the user a sentence. given: what the replicas of a trial start from, by its number;
    none where they are not trained now. weights: what config.json has recorded of it.
    """

    trials: Sequence[Trial]
    dataset: Dataset
    folds: Sequence[Fold]
    files: Workdir
    checkpoints: Checkpoints
    history: History
    points: Points
    say: Callable[[str], None] = print
    given: Mapping[int, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    weights: Sequence[Record] = ()

    @property
    def config(self) -> ConfigDict:
        """Returns the config of the first trial; all trials share its data, folds and seeds."""
        return self.trials[0].config

    @functools.cached_property
    def audit(self) -> dict[str, Any]:
        """What the leakage audit of the folds found (`mol_jax.protocol.audit`)."""
        cards = [record.card(one) for one in self.weights]
        return audit.audit(
            self.folds,
            [name.person for name in self.dataset.names],
            clip_paths(self.dataset),
            self.dataset.shown,
            independent=independent(self.config.protocol.name),
            scaled_by_subject=self.config.data.normalisation == "subject",
            seen_persons={person for one in cards for person in one.persons},
            seen_generated=any(one.generated for one in cards),
            fitted=settings.is_fitted(self.config),
        )

    @property
    def protocol(self) -> str:
        """The protocol in words."""
        return protocol_words(self.config)

    def replicas(self, trials: Sequence[Trial], *, all_folds: bool = False) -> list[Replica]:
        """Returns the replicas of some trials in the order of the tables.

        all_folds: also of the folds that protocol.only leaves out.
        """
        only = () if all_folds else self.config.protocol.only
        return make_replicas(trials, [f for f in self.folds if not only or f.name in only])

    def scalars(self, replica: Replica) -> Scalars:
        """Returns the traced hyperparameters of a replica."""
        return settings.scalars(self.trials[replica.trial].config)

    def engine(self, group: Sequence[Trial], *, trains: bool = True) -> Engine:
        """Returns the compiled functions of trials that differ in traced fields only.

        Waves are as wide as all folds fill them, so that every session has the same program.
        trains: whether runtime.group=auto may be worth timing; predictions take what is known.
        """
        config, every = group[0].config, self.replicas(group, all_folds=True)
        classes = len(self.dataset.classes)

        given = self.given.get(group[0].number)  # trials of a group start alike

        def sized(size: int) -> Engine:
            return make_engine(
                config,
                self.dataset.table,
                classes=classes,
                replicas=len(every),
                group=size,
                given=given,
            )

        if config.runtime.group != "auto":
            return sized(config.runtime.group)
        work = auto_group.Work(
            config,
            clips=len(self.dataset.names),
            classes=classes,
            replicas=len(every),
            devices=count_devices(
                config, clips=len(self.dataset.names), classes=classes, replicas=len(every)
            ),
        )
        if not trains:
            return sized(auto_group.known(work) or 1)
        scalars = [self.scalars(one) for one in every]
        choice = auto_group.timed(work, engine=sized, replicas=every, scalars=scalars, say=self.say)
        return sized(choice.group)


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
    checks.check_choice(trials)
    sources = starts.read(trials) if new else {}
    claim.check(folder, trials, new=new, weights=sources if new else None)
    check_sides(config)
    if new and config.model.network in BUILT_IN:
        starts.check(trials, sources)
    trained = not settings.is_fitted(config)  # in steps, by a program that takes memory
    # A user's own network is traced when it is known to keep its contract.
    planned = known.before_built(config) if config.model.network in BUILT_IN else None
    if new and trained and planned:
        memory.check(trials, planned)
    meanwhile = functools.partial(compile_undrawn, trials) if new and trained else None
    built = generated.ensure(config, console=console, meanwhile=meanwhile)
    dataset = load.load(config, built)
    folds = make_folds(config, dataset)
    checks.check_networks(trials, dataset)
    if new and trained and not planned:
        memory.check(trials, Sizes(len(dataset.classes), len(dataset.names), len(folds)))
    checks.check_keep(trials, clip_paths(dataset), folds)
    given = starts.fit(trials, sources, dataset.classes) if new else {}
    starts.refuse_seen(given, folds, dataset)
    held = claim.claim(
        folder,
        trials,
        dataset.fingerprint,
        measures=_measures(trials, len(dataset.classes)),
        command=command,
        weights=starts.records(given) if new else None,
        computed_on=computed_on(deterministic=config.runtime.deterministic),
        console=console,
    )
    with held as files:
        study = in_workdir(trials, dataset, folds, files, console=console)
        yield dataclasses.replace(study, given={n: one.variables for n, one in given.items()})


def in_workdir(
    trials: Sequence[Trial],
    dataset: Dataset,
    folds: Sequence[Fold],
    files: Workdir,
    *,
    console: Console,
) -> Study:
    """Returns the study of a workdir, which this process holds and which fits it."""
    root = files.folder / CHECKPOINTS
    weights = claim.weights(files.folder)
    sums = record.checksums(weights)
    runs = {
        trial.number: identity(
            trial.config, dataset.fingerprint, weights=sums.get(trial.number, "")
        )
        for trial in trials
    }
    return Study(
        trials,
        dataset,
        folds,
        files,
        Checkpoints(root, runs),
        History(files, make_replicas(trials, folds)),
        Points(functools.partial(replica_folder, root), dataset.classes),
        say=functools.partial(sentence.say, console),
        weights=weights,
    )


def _measures(trials: Sequence[Trial], classes: int) -> tuple[Measure, ...]:
    """Returns what the networks of the trials are measured by, each once."""
    if settings.is_fitted(trials[0].config):
        return ()
    programs = (make_program(trial.config, num_classes=classes) for trial in trials)
    every = (one for program in programs for one in program.network.measures)
    return tuple(dict.fromkeys(every))
