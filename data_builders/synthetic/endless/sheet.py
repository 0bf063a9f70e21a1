"""Pictures of the stream to look at: many faces, or motions with their flow."""

from pathlib import Path

import cv2
import numpy as np

from data_builders.records.gallery import draw_landmarks, flow_colours
from data_builders.synthetic.endless.stream import Endless, Example
from mol_jax.errors import UserError
from mol_jax.files.place import typed
from mol_jax.files.whole import write_bytes

MOST = 2000  # faces or motions of one sheet
WIDE = 1.6  # width of a sheet over its height, about
STRONGER = 4  # times: the difference of two frames as it is shown


def write(file: str, *, seed: int = 0, size: int = 72, faces: int = 0, motions: int = 0) -> Path:
    """Writes a sheet as PNG: the first frames of `faces` people, or `motions` clips.

    A motion is four pictures: the first frame with its landmarks, the last one, what changed
    between them, grey for nothing, and the exact flow, white for none and full colour for the
    fastest of the clip.

    Raises UserError for an argument out of range, or a file that cannot be written.
    """
    path, count = typed(file, "sheet"), faces or motions
    if path.suffix.lower() != ".png":
        raise UserError(f"sheet is {file}; name a file that ends in .png.")
    if not 1 <= count <= MOST or bool(faces) == bool(motions):
        raise UserError(f"give --faces or --motions, from 1 to {MOST}; got {faces} and {motions}.")
    stream = Endless(seed=seed, identities=count, clips=1, size=size)
    cells = [
        _face(each) if faces else _motion(each) for each in map(stream.__getitem__, range(count))
    ]
    write_bytes(path, cv2.imencode(".png", _grid(cells))[1].tobytes())
    return path


def _face(one: Example) -> np.ndarray:
    return one.frames[0]


def _motion(one: Example) -> np.ndarray:
    first, last = one.frames[0], one.frames[-1]
    change = np.clip(128 + STRONGER * (last.astype(int) - first), 0, 255).astype(np.uint8)
    flow = one.flow.astype(np.float32).sum(axis=0)
    longest = max(float(np.quantile(np.linalg.norm(flow, axis=-1), 0.99)), 0.1)
    grey = [cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) for image in (last, change)]
    return np.hstack([draw_landmarks(first, one.landmarks[0]), *grey, flow_colours(flow, longest)])


def _grid(cells: list[np.ndarray]) -> np.ndarray:
    """Returns cells of one size side by side, black where the last row has none."""
    height, width = cells[0].shape[:2]
    ideal = np.sqrt(len(cells) * WIDE * height / width)
    near = range(max(1, int(0.8 * ideal)), int(1.25 * ideal) + 2)
    columns = min(near, key=lambda n: (-len(cells) % n, abs(n - ideal)))
    blank = np.zeros_like(cells[0])
    cells = cells + [blank] * (-len(cells) % columns)
    rows = [np.hstack(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    return np.vstack(rows)
