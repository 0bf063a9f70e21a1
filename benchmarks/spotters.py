"""How far from the apex each spotter of data.apex_source looks, on generated clips.

    python -m benchmarks.spotters [--clips=6] [--frames=30] [--size=72]

Clips are drawn as `data_builders.synthetic` draws them, without light that flickers and noise of a
sensor, once with a head that keeps still and once with one that moves. Prints by how many frames
each spotter is off, signed, and by how many the middle frame is.
"""

import argparse
import dataclasses

import cv2
import numpy as np

from data_builders.pixels.alignment import map_points, transforms, warp
from data_builders.synthetic.drawing.clip import draw_clip, warped
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import draw
from mol_jax.data.spotting import SPOTTERS

EMOTIONS = ("happiness", "surprise", "disgust")
AMPLITUDE = 3.0  # px of the 280×340 image, at the apex


def main() -> None:
    """Draws clips, looks for their apexes, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--size", type=int, default=72)
    options = parser.parse_args()
    for moves in (False, True):
        print("the head moves:" if moves else "the head keeps still:")
        off: dict[str, list[str]] = {name: [] for name in ("middle", *SPOTTERS)}
        for number in range(options.clips):
            frames, landmarks, apex = _clip(number, options.frames, options.size, moves=moves)
            off["middle"].append(f"{(options.frames - 1) // 2 - apex:+d}")
            for name, spotter in SPOTTERS.items():
                spotted = spotter(frames, landmarks)
                off[name].append("none" if spotted is None else f"{spotted - apex:+d}")
        for name, each in off.items():
            print(f"  {name}: {', '.join(each)} frames of {options.frames}")


def _clip(number: int, count: int, size: int, *, moves: bool) -> tuple[np.ndarray, np.ndarray, int]:
    """Returns aligned frames [n, size, size], landmarks [n, 68, 2] and the index of the apex."""
    face = draw_face(draw(number))
    clip = draw_clip(
        face,
        name="",
        emotion=EMOTIONS[number % len(EMOTIONS)],
        amplitude=(AMPLITUDE, AMPLITUDE),
        frames=(count, count),
        seed=(number, 0),
    )
    motion = clip.motion
    if not moves:
        motion = dataclasses.replace(motion, jitter=np.zeros_like(motion.jitter))
    shown = (np.clip(np.round(warped(face, motion, k)), 0, 255) for k in range(count))
    images = [cv2.cvtColor(image.astype(np.uint8), cv2.COLOR_RGB2GRAY) for image in shown]
    points = np.stack([face.landmarks] * count)  # the neutral face's: what is aligned is its clip
    matrices = transforms(points, "clip", size)
    aligned = [warp(image, m, size) for image, m in zip(images, matrices, strict=True)]
    mapped = [map_points(m, p) for m, p in zip(matrices, points, strict=True)]
    return np.stack(aligned), np.stack(mapped), clip.apex


if __name__ == "__main__":
    main()
