"""MOL in JAX: joint micro-expression recognition, optical flow and facial landmarks.

What a trained run says of your own recording:

    from mol_jax import load

    result = load("runs/synthetic").predict("clip.mp4")
    for face in result.faces:
        for interval, window in zip(face.intervals, face.of_intervals):
            seconds = result.recording.times[[interval.onset, interval.offset]]
            print(seconds, result.about.classes, window.probabilities)

Research use; not lie detection: an expression is no proof of what a person feels.

Commands, each with --help:

    python -m data_builders.build NAME --source=DIR    a dataset from its own folder, or --help
    python -m mol_jax.main --config=configs/synthetic.py --workdir=runs/synthetic    train and test
    python -m mol_jax.predict --workdir=runs/synthetic --out=out clip.mp4    your own video
    python -m mol_jax.learned --workdir=runs/synthetic --videos=data/long    a run learns to spot
    python -m mol_jax.report runs/synthetic            its page again
    python -m mol_jax.pictures                         pictures of what a network sees
    python -m mol_jax.export                           a run for other programs, with its card
    python -m mol_jax.score predictions.csv            anybody's predictions, without JAX
    python -m mol_jax.weights                          weights given away, in files

Networks are plain Flax modules, as `mol_jax.networks.mol.f5c.F5C` (docs/extend.md); docs/ has a
page for each subject, docs/tree.md says where the code is.

Importing this package imports nothing heavy: `mol_jax.score` and `mol_jax.report` work without JAX.
"""

from typing import TYPE_CHECKING

from mol_jax import interrupts

if TYPE_CHECKING:
    from pathlib import Path

    from mol_jax.predicting.predictor import Predictor

__version__ = "0.1.0"
__all__ = ["load"]

interrupts.listen_if_command("mol_jax")


def load(run: "str | Path", *, calibrate: "str | Path | None" = None) -> "Predictor":
    """Returns a trained run, ready to predict recordings: `load(RUN).predict("clip.mp4")`.

    run: the workdir of a finished run; its dataset need not be there. calibrate: the workdir of a
    run of the same config that leaves people out, for one that tested nobody.

    Raises mol_jax.errors.UserError, a ValueError, in one sentence where it cannot.
    """
    from mol_jax.predicting import predictor  # noqa: PLC0415  with it comes JAX

    return predictor.load(run, calibrate=calibrate)
