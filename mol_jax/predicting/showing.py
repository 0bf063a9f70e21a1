"""What a run's models say of stretches of a recording, shown to them a batch at a time."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from data_builders.annotations.annotation import NO_APEX
from mol_jax.data.levels import Levels
from mol_jax.predicting import spans
from mol_jax.predicting.clip import Clip, after, clip_of, cropped, undone
from mol_jax.predicting.clock import ALIGNING, NETWORK, Clock
from mol_jax.predicting.models.model import Model
from mol_jax.predicting.models.outputs import Averaged
from mol_jax.predicting.reading.following import Followed
from mol_jax.predicting.reading.recording import Frames
from mol_jax.predicting.result import Window
from mol_jax.predicting.rows import table_of

BATCH = 32  # windows whose frames are in memory together
LARGEST = 256 * 10**6  # bytes of these frames: a batch that has more is shown before it is full
KEPT = 10**9  # bytes of flow that is predicted for windows, and as many of that for intervals


class Stretch(NamedTuple):
    """Frames first to last of the recording, of one face; apex: a frame, NO_APEX if unknown."""

    face: int
    first: int
    last: int
    apex: int = NO_APEX


def windows_of(
    faces: Sequence[Followed], times: np.ndarray, duration: float, stride: float
) -> list[Stretch]:
    """Returns the windows of all faces' stretches, face by face.

    times: [N] s, of the recording. duration, stride: s.
    """
    found = []
    for number, face in enumerate(faces):
        for first, last in face.stretches:
            begin = int(face.frames[first])
            inside = times[begin : int(face.frames[last]) + 1]
            windows = spans.windows(inside, duration, stride)
            found += [Stretch(number, begin + one, begin + other) for one, other in windows]
    return found


class Showing:
    """Shows a run's models the stretches of a recording's faces.

    repeated: how many of the stretches have fewer frames than the network is shown. without_flow:
    of how many the flow is not kept, for want of memory.
    """

    def __init__(self, model: Model, frames: Frames, faces: Sequence[Followed], clock: Clock):
        self._model, self._frames, self._faces, self._clock = model, frames, faces, clock
        self._levels: dict[int, Levels] = {}  # of each face, where grey levels are scaled by it
        self._flow = {False: 0, True: 0}  # bytes that are kept; whether they are of intervals
        self.repeated = self.without_flow = 0

    def windows(
        self, stretches: Iterable[tuple[Stretch, list[np.ndarray]]]
    ) -> Iterator[tuple[Stretch, Window]]:
        """Yields what is said of each stretch, in their order.

        stretches: each with the grey images [h, w] of its frames.
        """
        batch: list[tuple[Stretch, Clip]] = []
        size = 0
        for stretch, images in stretches:
            with self._clock.spends(ALIGNING):
                batch.append((stretch, self._clip(stretch, images, self._model.needs)))
            size += batch[-1][1].record["frames"].nbytes
            if len(batch) == BATCH or size >= LARGEST:
                yield from self._say(batch)
                batch, size = [], 0
        if batch:
            yield from self._say(batch)

    @property
    def by_person(self) -> bool:
        """Whether grey levels are scaled by all of a person's windows, which `measure` is shown."""
        return self._model.config.data.normalisation == "subject"

    def measure(self, stretches: Iterable[tuple[Stretch, list[np.ndarray]]]) -> None:
        """Learns how each face's grey levels are scaled, from its windows, one after another."""
        for stretch, images in stretches:
            with self._clock.spends(ALIGNING):
                clip = self._clip(stretch, images, ("frames",))
                table = table_of([clip.record], self._model.config, ("frames",))
                self._levels.setdefault(stretch.face, Levels()).add(table.frames)

    def _clip(self, stretch: Stretch, images: list[np.ndarray], needs: Sequence[str]) -> Clip:
        face = self._faces[stretch.face]
        begin = stretch.first - int(face.frames[0])
        inside = slice(stretch.first, stretch.last + 1)
        apex = NO_APEX if stretch.apex == NO_APEX else int(self._frames.numbers[stretch.apex])
        return clip_of(
            images,
            face.landmarks[begin : begin + len(images)],
            self._frames.numbers[inside],
            self._model.config,
            needs,
            face=stretch.face,
            apex=apex,
        )

    def _say(self, batch: list[tuple[Stretch, Clip]]) -> Iterator[tuple[Stretch, Window]]:
        records = [clip.record for _, clip in batch]
        with self._clock.spends(ALIGNING):
            table = table_of(records, self._model.config, self._model.needs)
            if self.by_person:
                pixels = [self._levels[stretch.face].scaled() for stretch, _ in batch]
                table = dataclasses.replace(table, pixels=np.array(pixels, np.float32))
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
            flow=self._kept(said.flow, row, stretch),
            mean_flow=None if said.flow is None else motion(said.flow[row]),
        )

    def _kept(self, flow: np.ndarray | None, row: int, stretch: Stretch) -> np.ndarray | None:
        """Returns the flow of a row, None where that of others fills what memory it may take."""
        if flow is None:
            return None
        of_interval = stretch.apex != NO_APEX  # windows, which are first and many, leave it room
        self._flow[of_interval] += flow[row].nbytes
        if self._flow[of_interval] > KEPT:
            self.without_flow += 1
            return None
        return flow[row].copy()  # so that the batch is let go of


def motion(flow: np.ndarray) -> float:
    """Returns the mean length of flow [..., 2], px."""
    return float(np.linalg.norm(flow, axis=-1).mean())
