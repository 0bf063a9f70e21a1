"""Scores tables of predictions, ours or anybody's, without JAX.

    python -m mol_jax.score runs/casme2/predictions.csv
    python -m mol_jax.score mine.csv --compare theirs.csv --format=json
    python -m mol_jax.score sweep.csv --trial=3 --compare sweep.csv --compare-trial=0
    python -m mol_jax.score runs/a/predictions.csv runs/b/predictions.csv --format=latex
    python -m mol_jax.score runs/a/predictions.csv runs/b/predictions.csv --combine=equal
    python -m mol_jax.score theirs.csv --floor=runs/casme2/flow_svm.csv
    python -m mol_jax.score --feasible uf1=81.00,uar=72.34,counts=70/51/43
    python -m mol_jax.score --spotting=spotted.csv --truth=intervals.csv --durations=videos.csv

A table has at least the columns subject, true and pred, under any of their usual names; dataset,
clip, fold, trial, seed, person and p_<class> are used where they are there. Cells may be parted by
commas, semicolons or tabs. Logs are read as MEGC2019 asks for them, and as STSTNet and HTNet print
them. Beside its scores stand those of a linear SVM on the clips' flow, if its predictions,
flow_svm.csv, stand beside the table or are named with --floor.
"""

import argparse
import dataclasses
import functools
import json
import os
from collections.abc import Sequence
from itertools import combinations

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.scoring import clip_sets, combined, comparison, fusion, megc_log
from mol_jax.scoring.feasible import question
from mol_jax.scoring.feasible.answer import render
from mol_jax.scoring.pages import one_run, several_runs
from mol_jax.scoring.predictions import write_predictions
from mol_jax.scoring.run_tables import figures_csv
from mol_jax.scoring.score_file import Scored, contents, score
from mol_jax.scoring.spotting import question as spotting
from mol_jax.scoring.trial_tables import TITLES
from mol_jax.terminal.page import tell

# Flags about files: none of --feasible, --tasks and --spotting takes them.
_OF_FILES = (
    "task", "tasks", "compare", "compare_trial", "trial", "seed", "megc_log", "fold_means", "floor",
    "columns", "combine", "combined", "spotting",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command. Returns 0, or 2 after one sentence about bad input."""

    def run() -> int:
        flags = _checked(_parser().parse_args(argv))
        (tell if flags.format == "md" else print)(answer(flags))
        return 0

    return exit_code(run, stopped="Stopped.")


def answer(flags: argparse.Namespace) -> str:
    """Returns what the command prints."""
    if flags.feasible is not None:
        return render(question.read(flags.feasible), flags.format)
    if flags.tasks:
        return _tasks(flags.format)
    return _scores(flags) if flags.spotting is None else spotting.answer(flags)


def _scores(flags: argparse.Namespace) -> str:
    """Returns the scores of files of predictions."""
    read = functools.partial(
        score, trial=flags.trial, seed=flags.seed, task=flags.task, by_folds=flags.fold_means
    )
    runs = [read(path, floor=flags.floor) for path in flags.files]
    test = (
        comparison.compare(runs[0], flags.compare, flags.compare_trial, seed=flags.seed)
        if flags.compare
        else None
    )
    if flags.combine:
        runs = [*runs, _combined(runs, flags)]
    if flags.megc_log:
        _write_log(flags.megc_log, runs[0], flags.compare)
    if flags.format == "csv":
        return figures_csv(runs, [test] if test else [])
    if flags.format == "json":
        found = [contents(run, test) for run in runs]
        return json.dumps(
            found[0] if len(runs) == 1 else {"runs": found}, indent=2, allow_nan=False
        )
    several = len(runs) > 1
    if flags.format == "latex":
        keys = _keys(flags.columns)
        return several_runs.latex(runs, keys) if several else one_run.latex(runs[0], test, keys)
    return several_runs.page(runs) if several else one_run.page(runs[0], test)


def _combined(runs: Sequence[Scored], flags: argparse.Namespace) -> Scored:
    """Returns the runs combined, and writes that where it is asked for."""
    for run in runs:
        if run.several_trials and flags.trial is None:
            raise UserError(
                f"{run.path} has {len(run.result['per_trial'])} trials: choose one of each file "
                "with --trial, by anything but its score on the tested people"
            )
    if flags.combined:
        made_of = [(run.path, "one of the files it is made of") for run in runs]
        _check_new("--combined", flags.combined, made_of)
    made = combined.combined(runs, flags.combine, flags.floor)
    if flags.combined:
        write_predictions(flags.combined, made.every.classes, made.every.rows)
    return made


def _keys(columns: str | None) -> list[str]:
    """Returns the scores of --columns, by their titles; those that papers print without it."""
    if columns is None:
        return ["acc", "uf1", "uar"]
    names = [name.strip().lower() for name in columns.split(",")]
    for name in names:
        if name not in TITLES or names.count(name) > 1:
            raise UserError(
                f"--columns is {columns!r}, expected some of {','.join(TITLES.values())}, each once"
            )
    return names


def _tasks(form: str) -> str:
    """Returns the list of known tasks as text or json."""
    if form == "json":
        return json.dumps([dataclasses.asdict(task) for task in clip_sets.TASKS], indent=2)
    return "\n".join(clip_sets.words(task) for task in clip_sets.TASKS)


def _write_log(path: str, run: Scored, compared: str | None) -> None:
    """Writes the MEGC log of the run's trial, which must have one seed."""
    if run.seeds > 1:
        raise UserError(
            f"--megc_log writes one prediction per video, but {run.path} has {run.seeds} seeds: "
            "choose one with --seed"
        )
    read = [(run.path, "the file it scores"), (compared, "the file of --compare")]
    _check_new("--megc_log", path, read)
    megc_log.write(path, run.shown.rows)


def _check_new(flag: str, path: str, read: Sequence[tuple[str | None, str]]) -> None:
    """Refuses to write over a file. read: files that are read, and what they are."""
    for one, what in read:
        if one and _same(path, one):
            raise UserError(f"{flag} would overwrite {path}, {what}: name another one")
    if os.path.lexists(path):
        raise UserError(f"{flag} is {path}, which is there already: name another file")


def _same(one: str, other: str) -> bool:
    """Tells whether two paths are one file, however they are written."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    return all(map(os.path.exists, (one, other))) and os.path.samefile(one, other)


def _check_alone(flags: argparse.Namespace, name: str) -> None:
    """Refuses what says something about a file beside a flag that reads none."""
    if flags.files:
        raise UserError(f"{name} reads no file, but got {flags.files[0]}: leave one of them out")
    for other in _OF_FILES:
        value = getattr(flags, other)
        if f"--{other}" != name and value is not None and value is not False:
            raise UserError(f"{name} takes no --{other}: leave one of them out")
    forms = ("md", "json", "csv") if name == "--spotting" else ("md", "json")
    if flags.format not in forms:
        raise UserError(f"{name} has no --format={flags.format}: choose {' or '.join(forms)}")


def _check_combine(flags: argparse.Namespace) -> None:
    """Refuses one file to combine, and a file to write it to where nothing is combined."""
    if flags.combined is not None and not (flags.combine and flags.combined):
        raise UserError(
            "--combined names the file that --combine=equal or inner writes: give both, or leave "
            "it out"
        )
    if flags.combine and len(flags.files) == 1:
        raise UserError(
            "--combine takes two files or more, got 1: name the predictions of another run on the "
            "same clips"
        )


def _checked(flags: argparse.Namespace) -> argparse.Namespace:
    """Refuses flags that do not go together."""
    spotting.check(flags)
    given = {"--feasible": flags.feasible is not None, "--tasks": flags.tasks}
    given["--spotting"] = flags.spotting is not None
    for alone in (name for name, is_given in given.items() if is_given):
        _check_alone(flags, alone)
        return flags
    for name in ("compare", "megc_log"):
        if getattr(flags, name) == "":
            raise UserError(f"--{name} is empty: name a file, or leave it out")
    _check_combine(flags)
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
    if flags.columns is not None:
        if flags.format != "latex":
            raise UserError("--columns is of --format=latex alone: leave it out, or add the format")
        _keys(flags.columns)
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
    add("--combine", choices=fusion.RULES,
        help="also score the runs' mean probabilities: equal weights, or inner: learnt on held-in "
        "people")  # fmt: skip
    add("--combined", metavar="FILE", help="also write what --combine gives, as predictions.csv")
    add("--megc_log", "--megc-log", metavar="FILE", help="also write the log MEGC2019 asks for")
    add("--feasible", metavar="FIGURES",
        help=f"can figures come from one prediction per video? {question.EXAMPLE}")  # fmt: skip
    spotting.add_flags(parser)
    add("--format", choices=("md", "json", "csv", "latex"), default="md",
        help="md is drawn on a terminal [md]")  # fmt: skip
    add("--columns", metavar="SCORES",
        help="the scores of a LaTeX table, of Acc,WF1,UF1,UAR [Acc,UF1,UAR]")  # fmt: skip
    return parser


if __name__ == "__main__":
    leave(main())
