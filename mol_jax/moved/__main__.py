"""What a trained run predicts with its key frames moved, as a detector would misplace them.

    python -m mol_jax.moved --workdir=runs/m9
    python -m mol_jax.moved --workdir=runs/m9 --shifts=0.05,0.1

Nothing is trained: every fold's own weights predict its held-out people, of the run's first trial.
It writes moved.csv, moved.json, moved.md and figures/moved.png into the workdir. For networks that
read key frames or what is made of them, as ststnet and frl_dgt. See docs/workdir.md.
"""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

from absl import logging

from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.files.place import checked, typed
from mol_jax.files.whole import write_text
from mol_jax.moved.cases import SHIFTS, cases, read_shifts
from mol_jax.reporting.finished_run import Run
from mol_jax.settings.find import find
from mol_jax.settings.kind import READABLE, SEQUENCES
from mol_jax.settings.trials import Trial
from mol_jax.study import command
from mol_jax.study.recorded_trials import read_finished, recorded_trials
from mol_jax.terminal.page import tell


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    return exit_code(lambda: _run(argv), stopped="stopped; run the same command again.")


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    folder, shifts = checked(given.workdir), read_shifts(given.shifts)
    data_dir = None if given.data_dir is None else str(typed(given.data_dir, "--data_dir"))
    run = read_finished(folder)
    trials = recorded_trials(run, folder, data_dir=data_dir)
    refuse_unmoved(run, trials[0], folder)
    logging.set_verbosity(logging.FATAL)  # Orbax logs every checkpoint
    command.prepare_jax(trials[0].config)
    tell(_study(run, trials, folder, shifts))
    return 0


def _study(run: Run, trials: Sequence[Trial], folder: Path, shifts: Sequence[float]) -> str:
    """Predicts, scores and writes every file; returns what is printed."""
    from mol_jax.moved import page, picture, predict, scores, table  # noqa: PLC0415  with them comes JAX
    from mol_jax.scoring import mark  # noqa: PLC0415
    from mol_jax.scoring.predictions import read_predictions  # noqa: PLC0415
    from mol_jax.study.finished import finished, refuse_no_weights  # noqa: PLC0415
    from mol_jax.terminal.out import console  # noqa: PLC0415
    from mol_jax.terminal.sentence import say  # noqa: PLC0415

    out, results = console(stderr=True), list[predict.Moved]()
    with finished(trials, run, folder, console=out) as (study, place):
        refuse_no_weights(study, trials[0])
        every = cases(shifts)
        for found in predict.predict(study, trials[0], place, every):
            say(out, f"{len(results) + 1}/{len(every)} {found.case.words}: predicted")
            results.append(found)
        path = folder / "moved.csv"
        table.write(path, study.dataset.classes, results)
        entries = scores.entries(read_predictions(path), results)
        write_text(folder / "moved.json", json.dumps(entries, indent=2, allow_nan=False) + "\n")
        majority = run.metrics["baselines"]["majority"]["uf1"]
        note = mark.short(run.metrics)
        picture.draw(folder / page.PICTURE, entries, majority=majority, note=note)
        parts = page.parts(run, entries, results)
        shown = f"![UF1 over how far key frames are moved]({page.PICTURE})"
        write_text(folder / "moved.md", "\n\n".join([*parts, shown]) + "\n")
    return "\n\n".join([*parts, f"written: {folder / 'moved.md'}"])


def refuse_unmoved(run: Run, trial: Trial, folder: Path) -> None:
    """Raises UserError where nothing was classified, or the network reads what no recipe makes.

    And where nothing can be written: it is said now, and not after everything is predicted.
    """
    if not os.access(folder, os.W_OK):
        raise UserError(
            f"nothing can be written in {folder}: make it writable, or copy the run elsewhere."
        )
    if not run.metrics["pooled"]:
        raise UserError(
            f"{folder} has no score (tasks.mer is off, or every fold diverged), so there is "
            "nothing to compare with: take a run that classifies."
        )
    network = trial.config.model.network
    if run.fitted:
        raise UserError(
            f"{folder} is of model.network={network}, which is fitted at once and leaves no "
            "weights to predict with: take a run of a network that is trained in steps."
        )
    reads = find(network).reads(trial.config)
    built = [name for name in (*READABLE, *SEQUENCES.values()) if name in reads]
    if built:
        raise UserError(
            f"{folder} is of model.network={network}, which reads {' and '.join(built)} as they "
            "were built, where no key frame can be moved: take a run of a network that reads what "
            "is made of key frames at load, as ststnet or frl_dgt."
        )


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mol_jax.moved",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--workdir", required=True, help="folder of a finished run")
    default = ",".join(map(str, SHIFTS))
    parser.add_argument(
        "--shifts",
        default=default,
        help=f"shares of the way from onset to apex, up to 0.9 [{default}]",
    )
    parser.add_argument("--data_dir", help="where the dataset is built [as when it was trained]")
    return parser


if __name__ == "__main__":
    leave(main())
