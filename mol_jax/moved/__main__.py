"""What a trained run predicts with its key frames moved, as a detector would misplace them.

    python -m mol_jax.moved --workdir=runs/m9
    python -m mol_jax.moved --workdir=runs/m9 --shifts=0.05,0.1

Nothing is trained: every fold's own weights predict its held-out people, of the run's first trial.
It writes moved.csv, moved.json, moved.md and figures/moved.png into the workdir. For any network
that is trained in steps; of one that reads no apex, as MOL of more than two frames, only the onset
moves anything. See docs/workdir.md.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import Parser, exit_code, leave
from mol_jax.files.place import checked
from mol_jax.files.whole import write_text
from mol_jax.moved.again import opened, predicted
from mol_jax.moved.cases import SHIFTS, cases, read_shifts
from mol_jax.reporting.finished_run import Run
from mol_jax.settings.trials import Trial
from mol_jax.terminal.page import tell


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    return exit_code(lambda: _run(argv), stopped="stopped; run the same command again.")


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    folder, shifts = checked(given.workdir), read_shifts(given.shifts)
    run, trials = opened(folder, given.data_dir)
    tell(_study(run, trials, folder, shifts))
    return 0


def _study(run: Run, trials: Sequence[Trial], folder: Path, shifts: Sequence[float]) -> str:
    """Predicts, scores and writes every file; returns what is printed."""
    from mol_jax.moved import page, picture, predict, scores, table  # noqa: PLC0415  with them comes JAX
    from mol_jax.scoring import mark  # noqa: PLC0415
    from mol_jax.scoring.predictions import read_predictions  # noqa: PLC0415

    with predicted(run, trials, folder, cases(shifts), predict.predict) as (classes, results):
        path = folder / "moved.csv"
        table.write(path, classes, results)
        entries = scores.entries(read_predictions(path), results)
        write_text(folder / "moved.json", json.dumps(entries, indent=2, allow_nan=False) + "\n")
        majority = run.metrics["baselines"]["majority"]["uf1"]
        note = mark.short(run.metrics)
        picture.draw(folder / page.PICTURE, entries, majority=majority, note=note)
        parts = page.parts(run, entries, results)
        shown = f"![UF1 over how far key frames are moved]({page.PICTURE})"
        write_text(folder / "moved.md", "\n\n".join([*parts, shown]) + "\n")
    return "\n\n".join([*parts, f"written: {folder / 'moved.md'}"])


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
