"""One study, from a checked config to its report: the only file that composes input and output.

data → folds → workdir → each replica to its last step → one prediction per video → report. Finished
replicas keep their weights and unfinished ones their newest state, so that the same command goes on
where it was stopped, and `evaluate` writes every table again from the weights.
"""

import dataclasses
import itertools
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
from ml_collections import ConfigDict
from rich.console import Console
from rich.progress import Progress

from mol_jax import data, generated, protocols, report, settings, workdir
from mol_jax.accuracy import VideoErrors
from mol_jax.checkpoints import Checkpoints
from mol_jax.data import Dataset
from mol_jax.errors import UserError
from mol_jax.fold import FoldState, FoldTable, StepMetrics
from mol_jax.replicas import Engine, Replica, describe_device
from mol_jax.rows import DenseRow, HistoryRow, Prediction
from mol_jax.workdir import Results, Workdir
from mol_jax.writers import Events, progress


@dataclasses.dataclass(frozen=True)
class Study:
    """What a run is about, before anything is trained."""

    config: ConfigDict
    dataset: Dataset
    replicas: Sequence[Replica]
    engine: Engine
    files: Workdir
    checkpoints: Checkpoints


def train(config: ConfigDict, folder: Path, *, command: str, console: Console) -> dict[str, Any]:
    """Trains what is not trained yet and writes every result; returns the content of metrics.json.

    Raises UserError for a config, a dataset or a workdir that does not fit.
    """
    started = time.monotonic()
    study = prepare(config, folder, command=command, console=console)
    history = History(study)
    results = Results()
    with progress(console) as bar:
        total = len(study.replicas) * config.train.steps
        task = bar.add_task("training", total=total)
        for replica in study.replicas:
            rows = study.engine.fold_table(replica)
            bar.update(task, description=f"training {replica.name}")
            state = _trained(study, replica, rows, history, bar, task)
            _collect(study, replica, rows, state, results)
    runtime = {
        "seconds": round(time.monotonic() - started, 1),
        "train_seconds": round(history.seconds, 1),
        "steps_per_second": round(history.steps / history.seconds, 3) if history.steps else None,
        "device": describe_device(),
    }
    return _finish(study, results, runtime)


def evaluate(config: ConfigDict, folder: Path, *, command: str, console: Console) -> dict[str, Any]:
    """Writes every table and the report again, from the weights of a finished run."""
    study = prepare(config, folder, command=command, console=console)
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
    return _finish(study, results, study.files.runtime())


def prepare(config: ConfigDict, folder: Path, *, command: str, console: Console) -> Study:
    """Loads the data (generating it where the config says so), and claims the workdir."""
    settings.check(config)
    dataset = data.load(config, generated.ensure(config, console=console))
    folds = protocols.make_folds(
        config.protocol.name,
        [name.person for name in dataset.names],
        dataset.table.label,
        classes=dataset.classes,
        folds=config.protocol.folds,
    )
    files = workdir.claim(folder, config, dataset.fingerprint, command=command)
    engine = Engine(
        settings.statics(config, num_classes=len(dataset.classes)),
        settings.hparams(config),
        dataset.table,
        loop=config.runtime.loop,
        batch_size=config.predict.batch_size,
    )
    replicas = [Replica(0, seed, fold) for seed, fold in itertools.product(config.seeds, folds)]
    console.print(
        f"{config.data.name} {config.data.view}: {len(dataset.names)} clips of "
        f"{dataset.fingerprint['n_subjects']} subjects, {len(folds)} folds × {len(config.seeds)} "
        f"seeds × {config.train.steps} steps on {describe_device()}",
        highlight=False,
    )
    return Study(config, dataset, replicas, engine, files, Checkpoints(folder / "checkpoints"))


class History:
    """history.csv while it grows, and how long training took in this process."""

    def __init__(self, study: Study):
        self._files = study.files
        self._rows = study.files.history()
        self.seconds = 0.0
        self.steps = 0

    def start(self, replica: Replica, step: int) -> None:
        """Drops the rows of a replica that come after the step it starts from."""
        self._rows = [r for r in self._rows if not (_of(r, replica) and r.step > step)]

    def add(self, row: HistoryRow, *, steps: int, seconds: float) -> None:
        """Takes the row of a chunk that made `steps` updates in `seconds`."""
        self._rows.append(row)
        self.steps += steps
        self.seconds += seconds

    def save(self) -> None:
        """Writes history.csv."""
        self._files.write_history(self._rows)


def _of(row: HistoryRow, replica: Replica) -> bool:
    return (row.trial, row.seed, row.fold) == (replica.trial, replica.seed, replica.fold.name)


def _trained(
    study: Study, replica: Replica, rows: FoldTable, history: History, bar: Progress, task: Any
) -> FoldState:
    """Returns a replica after its last step, or after the chunk in which it diverged."""
    steps = study.config.train.steps
    like = study.engine.shapes(rows)
    state = study.checkpoints.restore_final(replica.name, like)
    if state is not None:
        bar.advance(task, steps)
        return state
    state = study.checkpoints.restore(replica.name, like)
    if state is None:
        state = study.engine.init(rows)
    step = int(state.step)
    bar.advance(task, step)
    history.start(replica, step)
    with Events(study.files.events, replica.name, start=step) as events:
        while step < steps and bool(state.finite):
            state, step = _chunk(study, replica, rows, state, history, events)
            bar.advance(task, min(study.config.train.log_every, steps))
            if step % study.config.train.save_every == 0 and step < steps:
                study.checkpoints.save(replica.name, state)
                history.save()
    bar.advance(task, steps - step)
    study.checkpoints.save_final(replica.name, state)
    history.save()
    return state


def _chunk(
    study: Study,
    replica: Replica,
    rows: FoldTable,
    state: FoldState,
    history: History,
    events: Events,
) -> tuple[FoldState, int]:
    """Advances a replica by the steps between two log rows; returns its state and step."""
    train = study.config.train
    step = int(state.step)
    num_steps = min(train.log_every - step % train.log_every, train.steps - step)
    started = time.monotonic()
    state, metrics = study.engine.advance(rows, state, num_steps)
    step, finite, metrics = jax.device_get((state.step, state.finite, metrics))
    seconds = time.monotonic() - started
    row = _history_row(study, replica, int(step), metrics, bool(finite))
    history.add(row, steps=num_steps, seconds=seconds)
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
    if not bool(state.finite):
        results.failed.append(
            {"fold": replica.fold.name, "trial": replica.trial, "seed": replica.seed}
        )
        return
    errors = study.engine.predict(replica, rows, state)
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


def _finish(study: Study, results: Results, runtime: dict[str, Any] | None) -> dict[str, Any]:
    """Writes the tables, metrics.json and the report; returns the metrics."""
    metrics = study.files.write_results(
        results,
        classes=study.dataset.classes,
        protocol=study.config.protocol.name,
        runtime=runtime,
    )
    report.write_report(study.files.folder)
    return metrics
