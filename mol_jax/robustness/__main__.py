"""What a trained run scores on clips that are disturbed: moved, fewer, blurred, misaligned frames.

    python -m mol_jax.robustness --workdir=runs/ststnet
    python -m mol_jax.robustness --workdir=runs/ststnet --only=jpeg,scale

Nothing is trained: every fold's own weights predict its held-out people, of the run's first trial.
It writes robustness.csv, .json, .md, .html and figures/robustness.png into the workdir. For
any network that is trained in steps: what it reads is made of the disturbed frames as the builder
makes it. See docs/workdir.md.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from mol_jax.errors import Parser, exit_code, leave
from mol_jax.files.place import checked
from mol_jax.files.whole import write_text
from mol_jax.moved.again import opened, predicted
from mol_jax.reporting.finished_run import Run
from mol_jax.robustness.cases import FAMILIES, cases, read_families, unread
from mol_jax.settings.trials import Trial
from mol_jax.terminal.page import tell


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    return exit_code(lambda: _run(argv), stopped="stopped; run the same command again.")


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    folder, families = checked(given.workdir), read_families(given.only)
    run, trials = opened(folder, given.data_dir)
    tell(_study(run, trials, folder, families))
    return 0


def _study(run: Run, trials: Sequence[Trial], folder: Path, families: Sequence[str]) -> str:
    """Predicts, scores and writes every file; returns what is printed."""
    from mol_jax.data.seen import seen  # noqa: PLC0415  with them comes JAX
    from mol_jax.reporting import html_page  # noqa: PLC0415
    from mol_jax.robustness import page, picture, predict, scores  # noqa: PLC0415
    from mol_jax.scoring import mark  # noqa: PLC0415
    from mol_jax.scoring.predictions import read_predictions  # noqa: PLC0415

    reads = seen(trials[0].config)
    every = cases(families, reads)
    with predicted(run, trials, folder, every, predict.predict) as (classes, results):
        path = folder / "robustness.csv"
        scores.write(path, classes, results)
        entries = scores.entries(read_predictions(path), results)
        written = json.dumps(entries, indent=2, allow_nan=False)
        write_text(folder / "robustness.json", written + "\n")
        majority = run.metrics["baselines"]["majority"]["uf1"]
        note = mark.short(run.metrics)
        picture.draw(folder / page.PICTURE, entries, majority=majority, note=note)
        parts = page.parts(run, entries, results, unread(families, reads))
        text = "\n\n".join(part for part in parts if part) + "\n"
        write_text(folder / "robustness.md", text)
        write_text(folder / "robustness.html", html_page.page(text, folder))
    return "\n\n".join([*parts[:-1], f"written: {folder / 'robustness.md'}"])


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mol_jax.robustness",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--workdir", required=True, help="folder of a finished run")
    default = ",".join(FAMILIES)
    parser.add_argument("--only", default=default, help=f"what is disturbed [{default}]")
    parser.add_argument("--data_dir", help="where the dataset is built [as when it was trained]")
    return parser


if __name__ == "__main__":
    leave(main())
