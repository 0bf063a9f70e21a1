"""What a run's models say of stretches of a recording, shown to them a batch at a time."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from data_builders.annotations.annotation import NO_APEX
from mol_jax.data.load import by_subject
from mol_jax.predicting.clip import Clip, after, clip_of, cropped, undone
from mol_jax.predicting.clock import ALIGNING, NETWORK, Clock
from mol_jax.predicting.following import Followed
from mol_jax.predicting.model import Model
from mol_jax.predicting.outputs import Averaged
from mol_jax.predicting.recording import Frames
from mol_jax.predicting.result import Window
from mol_jax.predicting.rows import table_of

BATCH = 32  # windows whose frames are in memory together
KEPT = 10**9  # bytes of predicted flow


class Stretch(NamedTuple):
    """Frames first to last of the recording, of one face; apex: a frame, NO_APEX if unknown."""

    face: int
    first: int
    last: int
    apex: int = NO_APEX


class Showing:
    """Shows a run's models the stretches of a recording's faces.

    repeated: how many of the stretches have fewer frames than the network is shown. without_flow:
    of how many the flow is not kept, for want of memory.
    """

    def __init__(self, model: Model, frames: Frames, faces: Sequence[Followed], clock: Clock):
        self._model, self._frames, self._faces, self._clock = model, frames, faces, clock
        self._pixels: dict[int, np.ndarray] = {}  # of each face, where grey levels are scaled by it
        self._flow = 0
        self.repeated = self.without_flow = 0

    def windows(
        self, stretches: Iterable[tuple[Stretch, list[np.ndarray]]]
    ) -> Iterator[tuple[Stretch, Window]]:
        """Yields what is said of each stretch, in their order.

        stretches: each with the grey images [h, w] of its frames.
        """
        by_person = self._model.config.data.normalisation == "subject"
        size = None if by_person and not self._pixels else BATCH
        batch: list[tuple[Stretch, Clip]] = []
        for stretch, images in stretches:
            with self._clock.spends(ALIGNING):
                batch.append((stretch, self._clip(stretch, images)))
            if len(batch) == size:
                yield from self._say(batch)
                batch = []
        if batch:
            yield from self._say(batch)

    def _clip(self, stretch: Stretch, images: list[np.ndarray]) -> Clip:
        face = self._faces[stretch.face]
        begin = stretch.first - int(face.frames[0])
        inside = slice(stretch.first, stretch.last + 1)
        apex = NO_APEX if stretch.apex == NO_APEX else int(self._frames.numbers[stretch.apex])
        return clip_of(
            images,
            face.landmarks[begin : begin + len(images)],
            self._frames.numbers[inside],
            self._model.config,
            self._model.needs,
            face=stretch.face,
            apex=apex,
        )

    def _say(self, batch: list[tuple[Stretch, Clip]]) -> Iterator[tuple[Stretch, Window]]:
        records = [clip.record for _, clip in batch]
        with self._clock.spends(ALIGNING):
            table = table_of(records, self._model.config, self._model.needs)
            if self._model.config.data.normalisation == "subject":
                faces = [stretch.face for stretch, _ in batch]
                if not self._pixels:
                    scales = by_subject(table, list(map(str, faces)))
                    self._pixels = dict(zip(faces, scales, strict=True))
                pixels = np.stack([self._pixels[face] for face in faces])
                table = dataclasses.replace(table, pixels=pixels)
        with self._clock.spends(NETWORK):
            said = self._model.predict(table)
        for row, (stretch, clip) in enumerate(batch):
            self.repeated += int(clip.record["repeated"]) > 0
            yield stretch, self._window(stretch, clip, said, row)

    def _window(self, stretch: Stretch, clip: Clip, said: Averaged, row: int) -> Window:
        config, sampled = self._model.config, clip.record["sampled"]
        matrices = [cropped(clip.matrices[at], config) for at in sampled]
        points, held = None, self._frames.to_held()
        if said.landmarks is not None:
            seen = [undone(m, p) for m, p in zip(matrices[1:], said.landmarks[row], strict=True)]
            points = self._frames.to_recording(np.asarray(seen, np.float32))
        return Window(
            first=stretch.first,
            last=stretch.last,
            sampled=stretch.first + sampled,
            probabilities=None if said.probabilities is None else said.probabilities[row],
            spread=None if said.spread is None else said.spread[row],
            to_crop=np.stack([after(matrix, held) for matrix in matrices]),
            landmarks=points,
            flow=self._kept(said.flow, row),
        )

    def _kept(self, flow: np.ndarray | None, row: int) -> np.ndarray | None:
        """Returns the flow of a row, None where that of others fills what memory it may take."""
        if flow is None:
            return None
        self._flow += flow[row].nbytes
        if self._flow > KEPT:
            self.without_flow += 1
            return None
        return flow[row].copy()  # so that the batch is let go of
