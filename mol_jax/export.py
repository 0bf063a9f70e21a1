"""A trained run as one file that other programs call: StableHLO, or ONNX.

    python -m mol_jax.export --workdir=runs/synthetic --format=stablehlo
    python -m mol_jax.export --workdir=runs/all --calibrate=runs/loso --format=onnx --out=given

The file holds the mean over the run's models as one function: from aligned frames to calibrated
probabilities, landmarks and flow. Beside it stand a model card and an example, on which the file is
called before the command ends. The dataset need not be there. See docs/export.md.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mol_jax.errors import Parser, exit_code, leave
from mol_jax.files.place import checked, typed

if TYPE_CHECKING:
    from mol_jax.reporting.finished_run import Run

FORMATS = ("stablehlo", "onnx")


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit code: 0, 2 for bad input, 130 after Ctrl-C."""
    return exit_code(lambda: _run(argv), stopped="stopped; run the same command again.")


def _run(argv: Sequence[str] | None) -> int:
    given = _parser().parse_args(argv)
    run = checked(given.workdir)
    out = typed(given.out, "--out") if given.out is not None else run / "exported" / given.format
    from mol_jax.dense.output import check_new  # noqa: PLC0415  bad flags come first
    from mol_jax.study.recorded_trials import read_finished  # noqa: PLC0415

    held = read_finished(run)
    check_new(out)
    print(_export(given, run, out, held))
    return 0


def _export(given: argparse.Namespace, run: Path, out: Path, held: "Run") -> str:
    """Writes the export; returns what is said of it."""
    from mol_jax.exporting import folder  # noqa: PLC0415  with it comes JAX
    from mol_jax.predicting import words  # noqa: PLC0415
    from mol_jax.predicting.models.model import load_model  # noqa: PLC0415

    folder.FORMATS[given.format].check_installed()
    like = None if given.calibrate is None else checked(given.calibrate, "--calibrate")
    model = load_model(run, dense=not given.classes_only, calibrate=like)
    made = folder.write(model, held, out, given.format)
    return "\n".join(
        (
            *words.lines(model.about),
            f"Called on the example it says what the run says, up to {made.difference:.1g} of the "
            "largest value.",
            f"written: {made.path} ({made.size / 1e6:.1f} MB with {folder.card.FILE})",
        )
    )


def _parser() -> Parser:
    parser = Parser(
        prog="python -m mol_jax.export",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--workdir", required=True, help="folder of a finished run")
    parser.add_argument("--format", required=True, choices=FORMATS, help="of the file")
    parser.add_argument("--out", help="a new folder [WORKDIR/exported/FORMAT]")
    parser.add_argument(
        "--calibrate", help="a run like it that tested people, for one that did not"
    )
    parser.add_argument(
        "--classes_only", action="store_true", help="without flow and landmarks: smaller, quicker"
    )
    return parser


if __name__ == "__main__":
    leave(main())
