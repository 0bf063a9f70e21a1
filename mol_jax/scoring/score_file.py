"""A file of predictions, read and scored, for the score command. Needs no JAX."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mol_jax.errors import UserError
from mol_jax.files import text
from mol_jax.scoring import clip_sets, fold_means, mark, megc_log, summary
from mol_jax.scoring.best_trial import words
from mol_jax.scoring.confusion import per_class
from mol_jax.scoring.pages.cautions import independence, unknown_classes, unlearnable
from mol_jax.scoring.predictions import Predictions
from mol_jax.scoring.reading import any_table, console_log
from mol_jax.scoring.score_tables import pooled_counts
from mol_jax.scoring.svm import reached
from mol_jax.scoring.svm import words as floor_words
from mol_jax.scoring.svm.reached import Floor
from mol_jax.scoring.trial_tables import BEST
from mol_jax.text.words import shortened


@dataclass(frozen=True)
class Scored:
    """A file and its scores.

    every: all its predictions. shown: those of the trial at the top. result: as in metrics.json.
    held: the clips that were scored. fold_means: on request, see `mol_jax.scoring.fold_means`.
    named: what it is called, where its path does not say.
    """

    path: str
    every: Predictions
    shown: Predictions
    result: Mapping[str, Any]
    held: clip_sets.Held
    fold_means: Mapping[str, Any] | None = None
    named: str = ""

    @property
    def trial(self) -> int:
        """The number of the trial at the top."""
        return self.shown.rows[0].trial

    @property
    def seeds(self) -> int:
        """How many seeds the trial at the top has."""
        return len({row.seed for row in self.shown.rows})

    @property
    def several_trials(self) -> bool:
        """Whether the file has more than one trial."""
        return len(self.result["per_trial"]) > 1


def score(
    path: str,
    *,
    trial: int | None = None,
    seed: int | None = None,
    task: str | None = None,
    by_folds: bool = False,
    floor: str | None = None,
) -> Scored:
    """Reads and scores a file.

    trial: the one to show, None for the first. seed: the only one to score. task: the name of the
    task the file must be of. by_folds: adds the means over folds. floor: the file of the SVM's
    predictions, None for flow_svm.csv beside the file, if it is there and fits.

    Raises UserError for a bad file, a trial or seed it lacks, clips other than the task's, or a
    floor that is not of these clips.
    """
    every = read_scored(path)
    if seed is not None:
        every = of_seed(every, path, seed)
    shown = one_trial(every, path, trial, flag="--trial")
    held = clip_sets.held(shown.rows)
    if task is not None:
        clip_sets.require(task, held, path)
    known = reached.find(path, read_scored) if floor is None else _floor(floor, path)
    known = reached.of_table(every, known)
    if floor is not None:
        reached.rows_on(shown.rows, known)  # asked for by name, so it must fit
    result = summary.summary(every, trial=shown.rows[0].trial, floor=known)
    means = fold_means.fold_means(shown.rows, shown.classes) if by_folds else None
    return Scored(path, every, shown, result, held, means)


def _floor(floor: str, path: str) -> Floor:
    """Reads the file of --floor, and refuses what is no table, or the table it stands beside."""
    if not floor or os.path.isdir(floor):
        raise UserError(
            f"--floor is {floor!r}, which is no file: name the SVM's predictions, such as "
            f"runs/casme2/{reached.FILE}"
        )
    if os.path.exists(floor) and os.path.samefile(floor, path):
        raise UserError(
            f"--floor is {floor}, the very predictions that are scored: name the SVM's, such as "
            f"runs/casme2/{reached.FILE}"
        )
    return reached.read(floor, read_scored)


def read_scored(path: str) -> Predictions:
    """Reads a table or a log in anybody's form, and refuses one without any prediction."""
    read = text.read(path)
    if console_log.is_log(read.content):
        table = console_log.read(path, read.content)
    elif megc_log.is_log(read.content) and not any_table.has_header(read.content):
        table = megc_log.read(path, read.content)
    else:
        table = any_table.read(path, read)
    if not table.rows:
        raise UserError(
            f"{path} has a header but no prediction: expected one line per video; a run that tests "
            "nobody (protocol.name=all) has none, and no score"
        )
    return replace(table, rows=tuple(mark.of_run(path, table.rows)))


def one_trial(table: Predictions, path: str, trial: int | None, *, flag: str) -> Predictions:
    """Returns the predictions of one trial, the first if it is None; refuses one not there."""
    trials = sorted({row.trial for row in table.rows})
    if trial is not None and trial not in trials:
        held = shortened([str(number) for number in trials], between=", ")
        raise UserError(
            f"{flag} is {trial}, but {path} has no such trial: choose one of those it has, {held}"
        )
    rows = summary.of_trial(table.rows, trials[0] if trial is None else trial)
    return replace(table, rows=tuple(rows))


def of_seed(table: Predictions, path: str, seed: int) -> Predictions:
    """Returns the predictions of one seed; refuses one not there."""
    rows = tuple(row for row in table.rows if row.seed == seed)
    if not rows:
        seeds = sorted({row.seed for row in table.rows})
        held = shortened([str(number) for number in seeds], between=", ")
        raise UserError(
            f"--seed is {seed}, but {path} has no such seed: choose one of those it has, {held}"
        )
    return replace(table, rows=rows)


def labels(runs: Sequence[Scored]) -> list[str]:
    """Names runs by what tells them apart: their folder for predictions.csv, else their file.

    Runs of one name are called by as many of the folders above them as it takes. A run of generated
    clips says so in its name, which stands before each of its figures.
    """
    paths = [Path(run.path).absolute() for run in runs if not run.named]
    places = [path.parent if path.stem == "predictions" else path.with_suffix("") for path in paths]
    named = [run.path for run in runs if not run.named]
    for depth in range(1, max((len(place.parts) for place in places), default=0) + 1):
        names = ["/".join(place.parts[-depth:]) for place in places]
        if len(set(names)) == len(names):
            named = names
            break
    files = iter(named)
    return [mark.named(run.named or next(files), run.result) for run in runs]


def about(run: Scored) -> str:
    """Says in one line what was scored."""
    rows, result = run.shown.rows, run.result
    folds = len({row.fold for row in rows})
    text = (
        f"{_many(result['n_clips'], 'clip')} of {_many(result['n_subjects'], 'subject')}, "
        f"{_many(len(run.shown.classes), 'class', 'classes')}, {_many(folds, 'fold')}, "
        f"{_many(run.seeds, 'seed')}."
    )
    text += " Scores are means over the seeds." if run.seeds > 1 else ""
    text += "".join(f" **{sentence}**" for sentence in cautions(run))
    if not run.several_trials:
        return text
    return (
        f"{text} **These figures are of trial {run.trial}**, one of {len(result['per_trial'])}: "
        "all stand at the end, and --trial shows another one."
    )


def task_of(run: Scored) -> clip_sets.Task | None:
    """Returns the task whose clips a run was scored on; None where generated ones only count so."""
    return None if run.held.generated else clip_sets.identify(run.held)


def cautions(run: Scored) -> list[str]:
    """Returns what must stand beside every score of a run, [] where there is nothing to say."""
    marked = mark.sentence(run.result)
    said = [*([marked] if marked else []), *independence(run.shown.rows)]
    said += unknown_classes(run.shown.rows)
    if run.held.uneven:
        lacking = shortened(clip_sets.lacking(run.held), shown=3)
        said.append(
            f"SEEDS OF DIFFERENT CLIPS: {lacking}, so the mean over seeds is no score of these "
            "clips."
        )
    return said


def reading(run: Scored) -> list[str]:
    """Returns what was done to read a file, and which of its classes nobody could learn."""
    return [*run.every.notes, *unlearnable(run.shown)]


def _many(number: int, one: str, several: str = "") -> str:
    """Writes a number of things: 1 clip, 2 clips."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def notes(run: Scored) -> list[str]:
    """Returns what has to stand under a table beside the scores of a run."""
    said = [*(f"**{sentence}**" for sentence in cautions(run)), clip_sets.describe(run.held)]
    if run.seeds > 1:
        said.append(f"Mean ± sd of {run.seeds} seeds.")
    if run.several_trials:
        best = run.result["choice"]["best"] == run.trial
        of = f"Trial {run.trial} of {len(run.result['per_trial'])}"
        said.append(f"{of} {BEST}." if best else f"{of}.")
    return said


def contents(run: Scored, test: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns all figures of a run, as JSON has them. test: what a comparison found."""
    task = task_of(run)
    found = {"file": run.path, "trial": run.trial, **run.result, **details(run.shown)}
    found["pooled"] = {**run.result["pooled"], "war": run.result["pooled"]["acc"]}
    found |= {"task": task.name if task else None, "task_note": clip_sets.describe(run.held)}
    found |= {"choice_note": " ".join(words(run.result))} if run.result["choice"] else {}
    found |= {"floor_note": " ".join(floor_words.sentences(run.result, this="this table"))}
    found |= {"compare": test} if test else {}
    found |= {"reading": reading(run)} if reading(run) else {}
    warned = cautions(run)
    found |= {"subject_independent": False} if independence(run.shown.rows) else {}
    found |= {"note": " ".join(warned)} if warned else {}
    return found | ({"non_standard_fold_means": run.fold_means} if run.fold_means else {})


def details(table: Predictions) -> dict[str, Any]:
    """Returns per-class figures and the confusion matrix, mean over seeds."""
    counts = pooled_counts(table)
    each = {key: value.mean(0) for key, value in per_class(counts).items()}
    return {
        "per_class": {
            name: {key: float(value[i]) for key, value in each.items()}
            for i, name in enumerate(table.classes)
        },
        "confusion": counts.mean(0).tolist(),
    }
