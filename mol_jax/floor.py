"""What a linear SVM on the clips' own flow reaches, without training a network: in seconds.

    python -m mol_jax.floor --config=configs/casme2.py
    python -m mol_jax.floor --config=configs/casme2.py --config.data.view=3class_naive
    python -m mol_jax.floor --config=configs/samm.py --out=samm_floor.csv

The clips, the view and the folds are the config's. With --out its predictions are written, for
`python -m mol_jax.score theirs.csv --floor=samm_floor.csv`; a run leaves the same as flow_svm.csv.
"""

import sys
import time
from pathlib import Path

from absl import flags

from mol_jax.errors import UserError, leave
from mol_jax.files.place import typed
from mol_jax.protocol.folds import words
from mol_jax.scoring import mark
from mol_jax.study import command
from mol_jax.study.command import Call
from mol_jax.terminal.page import tell
from mol_jax.text.tables import markdown


def _define_flags(known: flags.FlagValues) -> None:
    flags.DEFINE_string("out", None, "CSV to write its predictions to.", flag_values=known)


PROGRAM = command.Program(
    module="mol_jax.floor",
    about=__doc__ or "",
    start="--config=configs/synthetic.py",
    define_flags=_define_flags,
    trains=False,
)


def main(argv: list[str]) -> int:
    """Prints the SVM's scores; returns the exit code (`command.main`)."""
    return command.main(argv, PROGRAM, run)


def run(call: Call) -> int:
    """Loads the clips of a checked command line, fits the SVMs and prints their scores."""
    config, out = call.config, _place(call.flags["out"].value)
    if not config.tasks.mer:
        raise UserError("tasks.mer is off, so there are no classes to tell apart: switch it on.")
    command.prepare_jax(config, "cpu")  # NumPy does the work
    # Seconds, and only now needed: bad flags are answered before.
    from mol_jax.data import generated, load, split  # noqa: PLC0415
    from mol_jax.scoring import predictions, score_tables, summary  # noqa: PLC0415
    from mol_jax.study import fit_svm  # noqa: PLC0415
    from mol_jax.terminal.out import console  # noqa: PLC0415

    dataset = load.load(config, generated.ensure(config, console=console(stderr=True)))
    only = config.protocol.only
    folds = [f for f in split.make_folds(config, dataset) if not only or f.name in only]
    start = time.perf_counter()
    floor = fit_svm.floor(dataset, folds)
    seconds = time.perf_counter() - start
    assert floor.rows is not None, "else it raises"
    table = predictions.Predictions(dataset.classes, floor.rows)
    result = summary.summary(table)
    if out:
        predictions.write_predictions(out, dataset.classes, floor.rows)
    marks = mark.short(result) or "GENERATED CLIPS" * dataset.fingerprint["generated"]
    parts = [
        f"{marks}{': ' * bool(marks)}{config.data.name} {config.data.view}: "
        f"{result['n_clips']} clips of {result['n_subjects']} subjects, "
        f"{words(config.protocol)}, {len(folds)} folds{' of it' * bool(only)}, "
        f"{seconds:.1f} s",
        markdown(*score_tables.floor_table(result)),
        *(f"{note}." for note in floor.notes),
        *(
            [markdown(*score_tables.dataset_table(result))]
            if len(result["per_dataset"]) > 1
            else []
        ),
        *([f"written: {out}"] if out else []),
    ]
    tell("\n\n".join(parts))
    return 0


def _place(text: str | None) -> Path | None:
    """Returns the file to write, refused before the work if its folder is none."""
    if text is None:
        return None
    out = typed(text, "--out")
    if out.is_dir() or not out.parent.is_dir():
        raise UserError(f"--out is {text!r}, which is no file in a folder that is there.")
    if out.exists():
        raise UserError(f"--out is {text}, which is there already: name another file.")
    return out


if __name__ == "__main__":
    leave(main(sys.argv))
