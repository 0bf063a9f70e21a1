"""A study from its trials to its report.

data → folds → workdir → waves of replicas, each to its last step → one prediction per video →
report. Finished replicas keep their predictions and weights and unfinished ones their newest state,
so that the same command goes on where it was stopped, and `evaluate` predicts again from the
weights.
"""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
from rich.console import Console

from mol_jax import settings
from mol_jax.data import apex_source, known
from mol_jax.dense import kept
from mol_jax.errors import UserError
from mol_jax.protocol import audit
from mol_jax.reporting.page import write_report
from mol_jax.scoring.svm.reached import Floor
from mol_jax.settings.kind import Lowering
from mol_jax.settings.trials import Trial, compile_groups
from mol_jax.study import auto_group, fit_folds, fit_svm, plan, plan_text, selected, standing
from mol_jax.study.earlier_tables import Tables
from mol_jax.study.engines import count_devices
from mol_jax.study.plan import Plan
from mol_jax.study.results import Results
from mol_jax.study.study import Study, opened
from mol_jax.study.train_waves import Tested, check_keep, check_weights, predict_group, train_group
from mol_jax.study.wave_lines import Lines
from mol_jax.terminal.progress import progress
from mol_jax.terminal.sentence import say
from mol_jax.text.words import counted
from mol_jax.training import footprint, unused_gpu
from mol_jax.training.devices import (
    describe_device,
    device_memory,
    resolve_lowering,
)
from mol_jax.training.program import make_program
from mol_jax.training.replicas import Replica
from mol_jax.weights import record


def train(
    trials: Sequence[Trial], folder: Path, *, command: str, console: Console
) -> dict[str, Any]:
    """Trains what is not trained yet and writes every result; returns the content of metrics.json.

    Raises UserError for a config, a dataset or a workdir that does not fit.
    """
    with opened(trials, folder, command=command, console=console, new=True) as study:
        fitted = settings.is_fitted(study.config)
        if not fitted:
            check_keep(study)
        _announce(study, console)
        if len(trials) > 1 and not fitted:
            clips, classes = len(study.dataset.names), len(study.dataset.classes)
            say(console, "in all, what is done already included:")
            _print_plan(_plan(trials, len(study.folds), clips, classes), console)
        starts = standing.starts(study)
        said = standing.sentence(study, starts)
        if said:
            say(console, said)
        updates = sum(len(study.replicas([one])) * _updates(one) for one in trials)
        lines = _lines(study, starts, console)
        with progress(console) as bar:
            task = bar.add_task("training", total=updates)

            def at(what: str, made: int) -> None:
                bar.update(task, description=f"training {what}", advance=made)

            work = fit_folds.fit_group if fitted else train_group
            for group in compile_groups(trials):
                work(study, group, at, lines.wave)
        study.history.save()
        return _finish(study)


def _lines(study: Study, starts: Mapping[Replica, int | None], console: Console) -> Lines:
    left = [
        _updates(study.trials[one.trial]) - step for one, step in starts.items() if step is not None
    ]
    finished = len(starts) - len(left)
    return Lines(console, replicas=len(starts), finished=finished, updates=sum(left))


def _updates(trial: Trial) -> int:
    """Returns how many updates a fold takes; fitted at once, it counts as one."""
    return 1 if settings.is_fitted(trial.config) else trial.config.train.steps


def evaluate(
    trials: Sequence[Trial], folder: Path, *, command: str, console: Console
) -> dict[str, Any]:
    """Predicts again from the weights of a finished run, and writes every table and the report.

    Nothing is written before everything is predicted. What was predicted before and is not what is
    predicted now is kept beside it, and said. Raises UserError where nothing has weights.
    """
    fit_folds.refuse(
        trials, "--mode=eval predicts with the weights of a run, which it does not keep"
    )
    with opened(trials, folder, command=command, console=console, new=False) as study:
        check_weights(study)
        predicted: list[Tested] = []
        earlier = set(_kept_before(folder))
        with progress(console) as bar:
            task = bar.add_task("predicting", total=len(study.replicas(trials)))

            def at(what: str, made: int) -> None:
                bar.update(task, description=f"predicting {what}", advance=made)

            for group in compile_groups(trials):
                predicted += predict_group(study, group, at)
        study.files.write_history(study.files.history())
        with Tables(folder) as tables:
            before = _replace(study, predicted)
            metrics = _finish(study)
        before += [path for path in _kept_before(folder) if path not in earlier]
        more = f" and {len(before) - 1} more like it" if len(before) > 1 else ""
        notes = [f"NOTE: what was predicted before is kept as {path}{more}." for path in before[:1]]
        for sentence in (*tables.sentences(), *notes):
            say(console, sentence)
        return metrics


def _replace(study: Study, tested: Sequence[Tested]) -> list[Path]:
    """Writes what replicas predict now; returns the files of before, where those differ."""
    every = [
        study.checkpoints.replace(one.replica.name, one.predicted, finite=one.finite)
        for one in tested
    ]
    return [path for path in every if path]


def _kept_before(folder: Path) -> list[Path]:
    """Returns the clips of predict.keep that were written over with something else."""
    return sorted((folder / kept.FOLDER).rglob("*.before-*"))


def show_plan(trials: Sequence[Trial], *, console: Console) -> None:
    """Prints how this machine would train the trials; changes nothing.

    Raises UserError where the dataset's size is not known before it is built, and it is not, or
    nothing is trained in steps.
    """
    fit_folds.refuse(trials, "there are no steps to plan")
    classes, clips, folds = known.sizes(trials[0].config)
    _print_plan(_plan(trials, folds, clips, classes), console)


def _plan(trials: Sequence[Trial], folds: int, clips: int, classes: int) -> Plan:
    config, memory = trials[0].config, device_memory()
    replicas = len(trials) * len(config.seeds) * folds
    devices = count_devices(config, clips=clips, classes=classes, replicas=replicas)

    def lower(group: int) -> Lowering:
        return resolve_lowering(group, loop=config.runtime.loop)

    return plan.make_plan(
        trials,
        lower=lower,
        seeds=len(config.seeds),
        folds=folds,
        clips=clips,
        classes=classes,
        devices=devices,
        memory=memory,
        choose=functools.partial(auto_group.planned, memory=memory, lower=lower, here=True),
    )


def _print_plan(plan_: Plan, console: Console) -> None:
    console.out(plan_text.render(plan_), highlight=False)


def _announce(study: Study, console: Console) -> None:
    config, trials = study.config, len(study.trials)
    folds = len(config.protocol.only) or len(study.folds)
    factors = [counted(trials, "trial")] if trials > 1 else []
    factors += [counted(folds, "fold"), counted(len(config.seeds), "seed")]
    steps = {trial.config.train.steps for trial in study.trials}
    if not settings.is_fitted(config):
        factors += [
            f"{min(steps)} steps" if len(steps) == 1 else f"{min(steps)}–{max(steps)} steps"
        ]
    drawn = sum(name.generated for name in study.dataset.names)
    clips = len(study.dataset.names)
    what = "GENERATED clips" if drawn == clips else "clips"
    what += f" ({drawn} of them GENERATED)" * (0 < drawn < clips)
    say(
        console,
        f"{config.data.name} {config.data.view}: {clips} {what} of "
        f"{study.dataset.fingerprint['n_subjects']} subjects, {' × '.join(factors)} on "
        f"{describe_device()}",
    )
    if "apexes" in study.dataset.fingerprint:
        source = config.data.apex_source
        say(console, f"apexes: {apex_source.words(source, study.dataset.fingerprint['apexes'])}")
    note = unused_gpu.note(jax.default_backend())
    if note:
        say(console, note)
    for one in study.weights:
        say(console, record.sentence(one, several=trials > 1))
    for sentence in audit.leaks(study.audit):
        say(console, sentence.replace("**", ""))
    table = study.dataset.table
    for sentence in audit.untaught(study.folds, table.label.tolist(), study.dataset.classes):
        say(console, sentence)


def _finish(study: Study) -> dict[str, Any]:
    """Writes the tables, metrics.json and the report; returns the metrics."""
    results = Results(study.files.measures)
    for replica in study.replicas(study.trials, all_folds=True):
        results.add(study.dataset, replica, study.checkpoints.finished(replica.name))
    metrics = study.files.write_results(
        results,
        classes=study.dataset.classes,
        protocol=study.protocol,
        runtime=_runtime(study),
        floor=_floor(study),
        more={"audit": study.audit, **selected.write(study, results.predictions)},
    )
    write_report(study.files.folder)
    return metrics


def _runtime(study: Study) -> dict[str, Any]:
    """Returns the times of a study, and how many numbers the first trial's network trains.

    What is fitted at once trains none, and makes no steps.
    """
    found = study.history.summary()
    if settings.is_fitted(study.config):
        return {name: value for name, value in found.items() if name in ("seconds", "device")}
    program = make_program(study.config, num_classes=len(study.dataset.classes))
    return found | {"parameters": footprint.parameters(program)}


def _floor(study: Study) -> Floor:
    """Returns what the SVM says of every clip that the folds test, whichever are trained yet."""
    if not any(trial.config.tasks.mer for trial in study.trials):
        return Floor(why="expression recognition was off")
    if not study.audit["clips_tested"]:
        return Floor(why="nobody is tested")
    try:
        return fit_svm.floor(study.dataset, study.folds)
    except UserError as error:  # the network's own results stand
        return Floor(why=str(error))
