"""Scores tables of predictions, ours or anybody's, without JAX.

    python -m mol_jax.score runs/casme2/predictions.csv
    python -m mol_jax.score mine.csv --compare theirs.csv --format=json
    python -m mol_jax.score sweep.csv --trial=3 --compare sweep.csv --compare-trial=0
    python -m mol_jax.score runs/a/predictions.csv runs/b/predictions.csv --format=latex
    python -m mol_jax.score theirs.csv --floor=runs/casme2/flow_svm.csv
    python -m mol_jax.score --feasible uf1=81.00,uar=72.34,counts=70/51/43

A table is a CSV with at least the columns subject, true and pred (dataset, clip, fold, trial, seed,
person and p_<class> are used where they are there), or a log as MEGC2019 asks for it. Beside its
scores stand those of a linear SVM on the clips' flow, if its predictions, flow_svm.csv, stand
beside the table or are named with --floor.
"""

import argparse
import dataclasses
import json
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from rich.console import Console

from data_builders.common.parser import Parser
from mol_jax import comparison, fold_means, megc_log, tasks
from mol_jax.errors import UserError, exit_code, leave
from mol_jax.feasibility import feasible, verdict
from mol_jax.floor import words as floor_words
from mol_jax.run_tables import figures_csv, numbered_notes, parts_table, runs_table
from mol_jax.score_tables import (
    SCORE_NOTE,
    class_table,
    confusion_table,
    dataset_table,
    fold_table,
    run_table,
    score_table,
)
from mol_jax.scored import Scored, about, cautions, contents, reading, score
from mol_jax.selection import words
from mol_jax.tables import latex, markdown
from mol_jax.terminal.encoding import take_any_sign
from mol_jax.terminal.page import show
from mol_jax.trial_tables import has_seeds, seed_table, trial_table

# Flags about files: neither --feasible nor --tasks takes them.
_OF_FILES = (
    "task", "tasks", "compare", "compare_trial", "trial", "seed", "megc_log", "fold_means", "floor",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command. Returns 0, or 2 after one sentence about bad input."""

    def run() -> int:
        flags = _checked(_parser().parse_args(argv))
        text = answer(flags)
        if flags.format == "md" and sys.stdout.isatty():
            show(text, Console())
        else:
            print(text)
        return 0

    take_any_sign()
    return exit_code(run, stopped="Stopped.")


def answer(flags: argparse.Namespace) -> str:
    """Returns what the command prints."""
    if flags.feasible is not None:
        return verdict.render(feasible.read(flags.feasible), flags.format)
    if flags.tasks:
        return _tasks(flags.format)
    runs = [
        score(
            path,
            trial=flags.trial,
            seed=flags.seed,
            task=flags.task,
            by_folds=flags.fold_means,
            floor=flags.floor,
        )
        for path in flags.files
    ]
    test = (
        comparison.compare(runs[0], flags.compare, flags.compare_trial, seed=flags.seed)
        if flags.compare
        else None
    )
    if flags.megc_log:
        _write_log(flags.megc_log, runs[0], flags.compare)
    if flags.format == "csv":
        return figures_csv(runs, [test] if test else [])
    if flags.format == "json":
        found = [contents(run, test) for run in runs]
        return json.dumps(
            found[0] if len(runs) == 1 else {"runs": found}, indent=2, allow_nan=False
        )
    if len(runs) > 1:
        return _several(runs, flags.format)
    return _latex(runs[0], test) if flags.format == "latex" else _page(runs[0], test)


def _tasks(form: str) -> str:
    """Returns the list of known tasks as text or json."""
    if form == "json":
        return json.dumps([dataclasses.asdict(task) for task in tasks.TASKS], indent=2)
    return "\n".join(tasks.words(task) for task in tasks.TASKS)


def _page(run: Scored, test: Mapping[str, Any] | None) -> str:
    """Returns the Markdown page about one run."""
    result = run.result
    name = f"trial {run.trial}" if run.several_trials else "predictions"
    parts = [
        f"# {run.path}",
        about(run),
        *reading(run),
        tasks.describe(run.held),
        markdown(*score_table(name, result)),
        SCORE_NOTE,
        " ".join(floor_words.sentences(result, this=name if run.several_trials else "this table")),
        *([comparison.sentence(test)] if test else []),
        "## Per class",
        markdown(*class_table(run.shown)),
        "## Confusion matrix",
        markdown(*confusion_table(run.shown)),
    ]
    if len(result["per_dataset"]) > 1:
        parts += ["## Per dataset", markdown(*dataset_table(result))]
    return "\n\n".join([*parts, *_folds(run), *_trials(result)])


def _folds(run: Scored) -> list[str]:
    """Returns the section on means over folds, [] where they were not asked for."""
    if run.fold_means is None:
        return []
    return [f"## {fold_means.WARNING}", markdown(*fold_table(run.fold_means))]


def _trials(result: Mapping[str, Any]) -> list[str]:
    """Returns the section on trials and seeds, [] where there is one of each."""
    several = len(result["per_trial"]) > 1
    parts = [markdown(*trial_table(result)), " ".join(words(result))] if several else []
    parts += [markdown(*seed_table(result))] if has_seeds(result) else []
    return ["## Trials and seeds", *parts] if parts else []


def _latex(run: Scored, test: Mapping[str, Any] | None) -> str:
    """Returns the LaTeX table of one run, its task below and more to know as comments above."""
    said = [*reading(run), *floor_words.sentences(run.result, this="this table")]
    said += words(run.result)
    said += [comparison.sentence(test)] if test else []
    footnotes = [*(f"**{sentence}**" for sentence in cautions(run)), tasks.describe(run.held)]
    table = latex(*run_table(run.path, run.result), notes=footnotes)
    text = [*(f"% {sentence.replace('**', '')}" for sentence in said), table]
    if run.fold_means:
        text += [f"% {fold_means.WARNING}", latex(*fold_table(run.fold_means))]
    return "\n".join(text)


def _several(runs: Sequence[Scored], form: str) -> str:
    """Returns the tables of several runs, with their footnotes, as md or latex text."""
    (header, rows), footnotes = runs_table(runs)
    said, parts = numbered_notes(runs, footnotes), parts_table(runs)
    tables = [(run.path, fold_table(run.fold_means)) for run in runs if run.fold_means]
    if form == "latex":
        text = [latex(header, rows, notes=said), *([latex(*parts)] if parts else [])]
        text += [f"% {path}: {fold_means.WARNING}\n{latex(*table)}" for path, table in tables]
        return "\n\n".join(text)
    text = [f"# {len(runs)} runs", markdown(header, rows), *said, SCORE_NOTE]
    text += ["## Per dataset", markdown(*parts)] if parts else []
    for path, table in tables:
        text += [f"## {path}. {fold_means.WARNING}", markdown(*table)]
    return "\n\n".join(text)


def _write_log(path: str, run: Scored, compared: str | None) -> None:
    """Writes the MEGC log of the run's trial, which must have one seed."""
    if run.seeds > 1:
        raise UserError(
            f"--megc_log writes one prediction per video, but {run.path} has {run.seeds} seeds: "
            "choose one with --seed"
        )
    for read, what in ((run.path, "the file it scores"), (compared, "the file of --compare")):
        if read and _same(path, read):
            raise UserError(f"--megc_log would overwrite {path}, {what}: name another one")
    megc_log.write(path, run.shown.rows)


def _same(one: str, other: str) -> bool:
    """Tells whether two paths are one file, however they are written."""
    paths = Path(one), Path(other)
    if paths[0].resolve() == paths[1].resolve():
        return True
    return all(path.exists() for path in paths) and paths[0].samefile(paths[1])


def _check_alone(flags: argparse.Namespace, name: str) -> None:
    """Refuses what says something about a file beside a flag that reads none."""
    if flags.files:
        raise UserError(f"{name} reads no file, but got {flags.files[0]}: leave one of them out")
    for other in _OF_FILES:
        value = getattr(flags, other)
        if f"--{other}" != name and value is not None and value is not False:
            raise UserError(f"{name} takes no --{other}: leave one of them out")
    if flags.format not in ("md", "json"):
        raise UserError(f"{name} has no --format={flags.format}: choose md or json")


def _checked(flags: argparse.Namespace) -> argparse.Namespace:
    """Refuses flags that do not go together."""
    alone = "--feasible" if flags.feasible is not None else "--tasks" if flags.tasks else None
    if alone:
        _check_alone(flags, alone)
        return flags
    if not flags.files:
        raise UserError(
            "the following arguments are required: file (or --feasible, or --tasks); see python -m "
            "mol_jax.score --help"
        )
    if len(flags.files) > 1:
        for name in ("compare", "megc_log"):
            if getattr(flags, name):
                raise UserError(f"--{name} takes one file, got {len(flags.files)}: leave one")
        for one, other in combinations(flags.files, 2):
            if _same(one, other):
                alias = "" if one == other else f", as {other} too"
                raise UserError(f"{one} is given twice{alias}: name each file once")
    if flags.compare_trial is not None and not flags.compare:
        raise UserError(
            f"--compare-trial is {flags.compare_trial}, but there is nothing to compare with: name "
            "the other table with --compare"
        )
    return flags


def _parser() -> argparse.ArgumentParser:
    """Returns the command line."""
    parser = Parser(prog="python -m mol_jax.score", description=__doc__, allow_abbrev=False)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("files", nargs="*", metavar="file", help="predictions as CSV or as MEGC2019 log")
    add("--compare", metavar="CSV", help="another table of the same clips")
    add("--trial", type=int, metavar="N", help="the trial to show [the first]")
    add("--compare_trial", "--compare-trial", type=int, metavar="M",
        help="the trial of the other table [its first]")  # fmt: skip
    add("--seed", type=int, metavar="K",
        help="score this seed alone, of both tables [the mean of all]")  # fmt: skip
    add("--task", metavar="NAME", help="refuse files that do not have exactly this task's clips")
    add("--tasks", action="store_true", help="list the known tasks")
    add("--fold_means", "--fold-means", action="store_true",
        help="add the non-standard means over folds")  # fmt: skip
    add("--floor", metavar="CSV",
        help="the SVM's predictions on these clips [flow_svm.csv beside the file]")  # fmt: skip
    add("--megc_log", "--megc-log", metavar="FILE", help="also write the log MEGC2019 asks for")
    add("--feasible", metavar="FIGURES",
        help=f"can figures come from one prediction per video? {feasible.EXAMPLE}")  # fmt: skip
    add("--format", choices=("md", "json", "csv", "latex"), default="md")
    return parser


if __name__ == "__main__":
    leave(main())
