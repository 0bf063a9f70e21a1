"""A trained run for use from Python: `from mol_jax import load; load(RUN).predict("clip.mp4")`."""

import dataclasses
from pathlib import Path
from typing import Any

from mol_jax.files.place import checked, typed
from mol_jax.predicting.models.model import Model, load_model
from mol_jax.predicting.predict import predict
from mol_jax.predicting.result import About, Result


@dataclasses.dataclass(frozen=True)
class Predictor:
    """A trained run, ready for recordings. model: its models; `predict` takes a table of clips."""

    model: Model

    @property
    def about(self) -> About:
        """What a reader must know of the run: its classes, its measured score, what it has seen."""
        return self.model.about

    def predict(self, source: str | Path | int, **options: Any) -> Result:
        """Returns what the run says of a recording (`mol_jax.predicting.result.Result`).

        source: a video, a folder of images, or the number of a camera. options: duration=0.5,
        stride=0.25 (s), faces="largest" or "all", spotter="flow", "frequency", "learned" or None,
        fps= for a folder, seconds= for a camera.

        Raises mol_jax.errors.UserError, a ValueError, where it cannot be read or shows no face.
        """
        where = source if isinstance(source, int) else typed(str(source), "the recording")
        return predict(self.model, where, **options)


def load(run: str | Path, *, calibrate: str | Path | None = None) -> Predictor:
    """See `mol_jax.load`."""
    like = None if calibrate is None else checked(str(calibrate), "calibrate")
    return Predictor(load_model(checked(str(run), "the run"), calibrate=like))
