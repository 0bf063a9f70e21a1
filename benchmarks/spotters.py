"""How far from the apex each spotter of data.apex_source looks, on generated clips.

    python -m benchmarks.spotters [--clips=6] [--frames=30] [--size=72]

Clips are drawn as `data_builders.synthetic` draws them, without light that flickers and noise of a
sensor, once with a head that keeps still and once with one that moves. Prints by how many frames
each spotter is off, signed, and by how many the middle frame is.
"""

import argparse
import dataclasses
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from data_builders.pixels.alignment import map_points, transforms, warp
from data_builders.synthetic.drawing.clip import draw_clip, warped
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import draw
from mol_jax.data.spotting import BLOCKS, SPOTTERS
from mol_jax.errors import Parser, exit_code, leave

EMOTIONS = ("happiness", "surprise", "disgust")
AMPLITUDE = 3.0  # px of the 280×340 image, at the apex


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(_arguments(arguments)), stopped="stopped.")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="python -m benchmarks.spotters",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--clips", type=_whole(1), default=6, help="of people of their own [6]")
    parser.add_argument("--frames", type=_whole(5), default=30, help="of a clip [30]")
    size = _whole(36, BLOCKS)
    parser.add_argument("--size", type=size, default=72, help="px of the aligned image [72]")
    return parser.parse_args(arguments)


def _whole(least: int, of: int = 1) -> Callable[[str], int]:
    """Returns what reads a whole number from `least` to 500, a multiple of `of`."""

    def read(text: str) -> int:
        good = text.isascii() and text.isdigit() and least <= int(text) <= 500
        if not good or int(text) % of:
            words = f"a multiple of {of}" if of > 1 else "a whole number"
            raise argparse.ArgumentTypeError(f"expected {words} from {least} to 500, got {text!r}")
        return int(text)

    return read


def _run(options: argparse.Namespace) -> int:
    """Draws clips, looks for their apexes, prints."""
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
    return 0


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
    leave(main())
