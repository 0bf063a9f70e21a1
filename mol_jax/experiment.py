"""One study, from a checked config to its report: the only file that composes input and output.

data → folds → workdir → each replica to its last step → one prediction per video → report. Finished
replicas keep their weights and unfinished ones their newest state, so that the same command goes on
where it was stopped, and `evaluate` writes every table again from the weights.
"""

import dataclasses
import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jax
import numpy as np
from ml_collections import ConfigDict
from rich.console import Console

from data_builders.views import get_view
from mol_jax import data, generated, protocols, report, settings, workdir
from mol_jax.accuracy import VideoErrors
from mol_jax.checkpoints import Checkpoints, replica_folder
from mol_jax.data import Dataset
from mol_jax.errors import UserError
from mol_jax.fold import FoldState, FoldTable, StepMetrics
from mol_jax.history import History
from mol_jax.replicas import Engine, Replica, describe_device
from mol_jax.rows import DenseRow, HistoryRow, Prediction
from mol_jax.workdir import Results, Workdir
from mol_jax.writers import Events, progress


@dataclasses.dataclass(frozen=True)
class Study:
    """What a run is about, and where it keeps what."""

    config: ConfigDict
    dataset: Dataset
    replicas: Sequence[Replica]
    engine: Engine
    files: Workdir
    checkpoints: Checkpoints
    history: History


def train(config: ConfigDict, folder: Path, *, command: str, console: Console) -> dict[str, Any]:
    """Trains what is not trained yet and writes every result; returns the content of metrics.json.

    Raises UserError for a config, a dataset or a workdir that does not fit.
    """
    with opened(config, folder, command=command, console=console, new=True) as study:
        results = Results()
        with progress(console) as bar:
            total = len(study.replicas) * config.train.steps
            task = bar.add_task("training", total=total)
            for done, replica in enumerate(study.replicas):
                rows = study.engine.fold_table(replica)
                bar.update(task, description=f"training {replica.name}")
                for state in _training(study, replica, rows):
                    bar.update(task, completed=done * config.train.steps + int(state.step))
                _collect(study, replica, rows, state, results)
        study.history.save()
        return _finish(study, results)


def evaluate(config: ConfigDict, folder: Path, *, command: str, console: Console) -> dict[str, Any]:
    """Writes every table and the report again, from the weights of a finished run."""
    with opened(config, folder, command=command, console=console, new=False) as study:
        results = Results()
        with progress(console) as bar:
            for replica in bar.track(study.replicas, description="predicting"):
                rows = study.engine.fold_table(replica)
                state = study.checkpoints.restore_final(replica.name, study.engine.shapes(rows))
                if state is None:
                    raise UserError(
                        f"{folder} has no finished weights of {replica.name}; run the same command "
                        "with --mode=train first, which goes on where it was stopped."
                    )
                _collect(study, replica, rows, state, results)
        study.files.write_history(study.files.history())
        return _finish(study, results)


@contextmanager
def opened(
    config: ConfigDict, folder: Path, *, command: str, console: Console, new: bool
) -> Iterator[Study]:
    """Loads the data (generating it where the config says so), and holds the workdir.

    new: whether the workdir may be one without a run.
    """
    settings.check(config)
    workdir.check(folder, config, new=new)
    get_view(config.data.name, config.data.view)  # before hours of drawing and building
    dataset = data.load(config, generated.ensure(config, console=console))
    folds = protocols.make_folds(
        config.protocol.name,
        [name.person for name in dataset.names],
        dataset.table.label,
        classes=dataset.classes,
        folds=config.protocol.folds,
    )
    engine = Engine(
        settings.statics(config, num_classes=len(dataset.classes)),
        settings.hparams(config),
        dataset.table,
        loop=config.runtime.loop,
        batch_size=config.predict.batch_size,
    )
    console.print(
        f"{config.data.name} {config.data.view}: {len(dataset.names)} clips of "
        f"{dataset.fingerprint['n_subjects']} subjects, {len(folds)} folds × {len(config.seeds)} "
        f"seeds × {config.train.steps} steps on {describe_device()}",
        highlight=False,
        soft_wrap=True,
    )
    replicas = [Replica(0, seed, fold) for seed, fold in itertools.product(config.seeds, folds)]
    with workdir.claim(folder, config, dataset.fingerprint, command=command) as files:
        checkpoints = Checkpoints(folder / "checkpoints")
        yield Study(config, dataset, replicas, engine, files, checkpoints, History(files))


def _training(study: Study, replica: Replica, rows: FoldTable) -> Iterator[FoldState]:
    """Yields a replica's state after each chunk, to its last step or until it diverged."""
    train, like = study.config.train, study.engine.shapes(rows)
    state = study.checkpoints.restore_final(replica.name, like)
    if state is not None:
        yield state
        return
    state = study.checkpoints.restore(replica.name, like)
    if state is None:
        state = study.engine.init(rows)
    step = int(state.step)
    yield state
    study.history.start(replica, step)
    with Events(replica_folder(study.files.events, replica.name), start=step) as events:
        while step < train.steps and bool(state.finite):
            state, step = _chunk(study, replica, rows, state, events)
            yield state
            if step % train.save_every == 0 and step < train.steps:
                study.history.save()
                study.checkpoints.save(replica.name, state)
    study.history.save()
    study.checkpoints.save_final(replica.name, state)


def _chunk(
    study: Study, replica: Replica, rows: FoldTable, state: FoldState, events: Events
) -> tuple[FoldState, int]:
    """Advances a replica by the steps between two log rows; returns its state and step."""
    num_steps = study.config.train.log_every
    started = time.monotonic()
    state, metrics = study.engine.advance(rows, state, num_steps)
    step, finite, metrics = jax.device_get((state.step, state.finite, metrics))
    seconds = time.monotonic() - started
    row = _history_row(study, replica, int(step), metrics, bool(finite))
    study.history.add(row, steps=num_steps, seconds=seconds)
    events.write(row, rate=study.config.optim.learning_rate, speed=num_steps / seconds)
    return state, int(step)


def _history_row(
    study: Study, replica: Replica, step: int, metrics: StepMetrics, finite: bool
) -> HistoryRow:
    terms = {"mer": metrics.mer, "flow": metrics.flow, "landmarks": metrics.landmarks}
    on = settings.tasks(study.config)
    return HistoryRow(
        fold=replica.fold.name,
        trial=replica.trial,
        seed=replica.seed,
        step=step,
        total=float(metrics.total),
        grad_norm=float(metrics.grad_norm),
        finite=int(finite),
        **{name: float(value) if name in on else None for name, value in terms.items()},
    )


def _collect(
    study: Study, replica: Replica, rows: FoldTable, state: FoldState, results: Results
) -> None:
    """Predicts the held-out videos of a replica into `results`; a diverged one is only named."""
    errors = study.engine.predict(replica, rows, state)
    finite = bool(state.finite) and all(np.isfinite(x).all() for x in jax.tree.leaves(errors))
    if not finite:
        results.failed.append(
            {"fold": replica.fold.name, "trial": replica.trial, "seed": replica.seed}
        )
        return
    for index, row in enumerate(replica.fold.test):
        video = jax.tree.map(lambda leaf, i=index: leaf[i], errors)
        key = _key(study.dataset, int(row), replica)
        if video.probabilities is not None:
            results.predictions.append(_prediction(study.dataset, int(row), key, video))
        results.dense.append(_dense_row(study.config.data.frames, key, video))


def _key(dataset: Dataset, row: int, replica: Replica) -> dict[str, Any]:
    name = dataset.names[row]
    return {
        "dataset": name.dataset,
        "subject": name.subject,
        "clip": name.clip,
        "fold": replica.fold.name,
        "trial": replica.trial,
        "seed": replica.seed,
    }


def _prediction(dataset: Dataset, row: int, key: dict[str, Any], video: VideoErrors) -> Prediction:
    probabilities = tuple(float(p) for p in video.probabilities)
    return Prediction(
        **key,
        true=dataset.classes[int(dataset.table.label[row])],
        pred=dataset.classes[probabilities.index(max(probabilities))],
        probs=probabilities,
    )


def _dense_row(frames: int, key: dict[str, Any], video: VideoErrors) -> DenseRow:
    flow, landmarks = video.epe is not None, video.nme is not None
    return DenseRow(
        **key,
        pairs=frames - 1 if flow else None,
        epe=float(video.epe) if flow else None,
        epe_zero=float(video.epe_zero) if flow else None,
        frames=frames - 1 if landmarks else None,
        nme=float(video.nme) if landmarks else None,
        failures=int(video.failures) if landmarks else None,
        nme_mean_face=float(video.nme_mean_face) if landmarks else None,
    )


def _finish(study: Study, results: Results) -> dict[str, Any]:
    """Writes the tables, metrics.json and the report; returns the metrics."""
    metrics = study.files.write_results(
        results,
        classes=study.dataset.classes,
        protocol=study.config.protocol.name,
        runtime=study.history.summary(),
    )
    report.write_report(study.files.folder)
    return metrics
