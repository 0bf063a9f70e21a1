"""A drawn recording to try a page with: nobody's face, one expression between two rests."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from data_builders.synthetic.drawing.clip import draw_clip, frame
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import draw
from mol_jax.predicting.shown import film

SEED, EMOTION, AMPLITUDE = 11, "surprise", 4.0  # px of the peak
RATE, REST, MOVING = 30.0, 30, 14  # frames a second; frames before and after it, and of it


def write(path: Path) -> Path:
    """Draws the recording as an mp4 of 280×340 px, in about two seconds; returns the path.

    Raises UserError where it cannot be written.
    """
    times = np.arange(2 * REST + MOVING) / RATE
    film.write(path, _pictures(), times)
    return path


def interval() -> tuple[int, int, int]:
    """Returns the frames of its true onset, apex and offset."""
    return REST, REST + _drawn()[1].apex, REST + MOVING - 1


def _drawn():
    face = draw_face(draw(SEED))
    clip = draw_clip(
        face,
        name="",
        emotion=EMOTION,
        amplitude=(AMPLITUDE, AMPLITUDE),
        frames=(MOVING, MOVING),
        seed=(SEED, 0),
    )
    return face, clip


def _pictures() -> Iterator[np.ndarray]:
    """Yields the frames, RGB: those at rest are the first and the last of the expression."""
    face, clip = _drawn()
    images = [frame(face, clip, index) for index in range(MOVING)]
    rng = np.random.default_rng(SEED)
    for index in range(-REST, MOVING + REST):
        still = images[int(np.clip(index, 0, MOVING - 1))]
        # A sensor's noise is never the same twice: pixels that stand still would be told by it.
        noise = np.round(rng.normal(0, 1, still.shape)) if not 0 <= index < MOVING else 0
        yield np.clip(still + noise, 0, 255).astype(np.uint8)
