"""What is known exactly about a generated clip: its landmarks, and the flow between any frames."""

import dataclasses
import io
from pathlib import Path

import numpy as np

from data_builders.synthetic.drawing.action_units import Pushes
from data_builders.synthetic.drawing.clip import Clip
from data_builders.synthetic.drawing.face import Face
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH
from data_builders.synthetic.drawing.motion import Motion, grid
from mol_jax.errors import UserError


@dataclasses.dataclass(frozen=True)
class Truth:
    """The exact motion of a clip whose frames have the numbers `onset`, `onset` + 1, …

    landmarks: float32 [n, 68, 2], (x, y) px of the face image, one row per frame.
    """

    onset: int
    motion: Motion
    landmarks: np.ndarray

    def index(self, number: int) -> int:
        """Returns which frame has a number, from 0.

        Raises UserError, which is a ValueError, for a number that no frame has.
        """
        count = len(self.landmarks)
        if not 0 <= number - self.onset < count:
            raise UserError(
                f"the clip has no frame {number}: its frames are {self.onset} to "
                f"{self.onset + count - 1}, choose one of them"
            )
        return number - self.onset

    def flow(self, start: int, end: int) -> np.ndarray:
        """Returns the flow (u, v) px [HEIGHT, WIDTH, 2] from frame number `start` to `end`.

        frame_end(x + u, y + v) shows the skin that frame_start(x, y) shows. Raises as `index` does.
        """
        return self.motion.flow(grid(WIDTH, HEIGHT), self.index(start), self.index(end))


def aligned_flow(
    truth: Truth, start: int, end: int, to_start: np.ndarray, to_end: np.ndarray, size: int
) -> np.ndarray:
    """Returns the flow [size, size, 2] between two aligned frames, px of the aligned image.

    to_start, to_end: [2, 3], each frame's transform from the face image to the aligned one. Where
    a pixel of the aligned frame `start` comes from is followed to frame `end` and aligned there.
    Raises as `Truth.index` does.
    """
    pixels = grid(size, size)
    square = np.vstack([to_start, [0, 0, 1]])
    back = np.linalg.inv(square)[:2]
    there = pixels @ back[:, :2].T + back[:, 2]
    moved = there + truth.motion.flow(there, truth.index(start), truth.index(end))
    return moved @ to_end[:, :2].T + to_end[:, 2] - pixels


def save(path: Path, face: Face, clip: Clip) -> None:
    """Writes the truth about a clip as an .npz of plain arrays."""
    motion = clip.motion
    points = [motion.forward(face.landmarks, index) for index in range(len(clip.light))]
    arrays = {
        "onset": np.array(clip.onset),
        "landmarks": np.array(points, np.float32),
        "levels": motion.levels,
        "jitter": motion.jitter,
        "pivot": motion.pivot,
        "unit": np.array(motion.unit),
        "centres": motion.pushes.centres,
        "pushes": motion.pushes.pushes,
        "sizes": motion.pushes.sizes,
    }
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    path.write_bytes(buffer.getvalue())


def load(path: str | Path) -> Truth:
    """Reads the truth about a clip."""
    with np.load(path, allow_pickle=False) as arrays:
        pushes = Pushes(arrays["centres"], arrays["pushes"], arrays["sizes"])
        motion = Motion(
            pushes, arrays["levels"], arrays["jitter"], arrays["pivot"], float(arrays["unit"])
        )
        return Truth(int(arrays["onset"]), motion, arrays["landmarks"])
