"""What a run's models make of the windows of a recording, as numbers to learn from."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from ml_collections import ConfigDict

from mol_jax.data.clips import ClipTable
from mol_jax.predicting import spans
from mol_jax.predicting.clock import Clock
from mol_jax.predicting.models.model import Model
from mol_jax.predicting.models.outputs import Averaged
from mol_jax.predicting.reading.following import Followed
from mol_jax.predicting.reading.recording import Frames
from mol_jax.predicting.showing import Showing, Stretch, motion, windows_of


class Featured(NamedTuple):
    """The W windows of a recording. stretches: of each, its face and frames; values: [W, f]."""

    stretches: tuple[Stretch, ...]
    values: np.ndarray


def of_windows(
    model: Model, frames: Frames, followed: Sequence[Followed], duration: float, stride: float
) -> Featured:
    """Returns the features of all windows of faces, made as `predict` makes windows.

    A window's are the embedding of the first member, [d], the calibrated probabilities, [c], and
    the mean length of the predicted flow, px, where the network has them. duration, stride: s.
    """
    planned = windows_of(followed, frames.recording.times, duration, stride)
    if not planned:
        return Featured((), np.zeros((0, 0)))
    wanted = [((one.first, one.last), one) for one in planned]
    end = max(one.last for one in planned)
    listening = _Listening(model)
    shown = Showing(listening, frames, followed, Clock())  # type: ignore[arg-type]
    if shown.by_person:
        shown.measure(spans.with_pixels(frames.grey(end), wanted))
    order = [one for one, _ in shown.windows(spans.with_pixels(frames.grey(end), wanted))]
    return Featured(tuple(order), np.concatenate(listening.heard))


@dataclasses.dataclass
class _Listening:
    """A model that keeps the features of what it is shown, table by table."""

    model: Model
    heard: list[np.ndarray] = dataclasses.field(default_factory=list)

    @property
    def config(self) -> ConfigDict:
        return self.model.config

    @property
    def needs(self) -> tuple[str, ...]:
        return self.model.needs

    def predict(self, table: ClipTable) -> Averaged:
        said = self.model.predict(table)
        self.heard.append(_features(said, self.model.embedded(table)))
        return dataclasses.replace(said, flow=None, landmarks=None)


def _features(said: Averaged, embedding: np.ndarray | None) -> np.ndarray:
    """Returns the features [R, f] of R windows, float64."""
    parts = [embedding, said.probabilities]
    if said.flow is not None:
        parts.append(np.array([[motion(flow)] for flow in said.flow]))
    return np.concatenate([one for one in parts if one is not None], axis=1).astype(np.float64)
