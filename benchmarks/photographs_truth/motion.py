"""The exact motion of clips of `benchmarks.own_photographs`, made again from their seed."""

import dataclasses
import functools
import itertools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import own_photographs
from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.pixels.alignment import map_points
from data_builders.pixels.faces import Detector
from data_builders.pixels.frames import index_frames, read_clip
from data_builders.synthetic.drawing import clip as moving
from data_builders.synthetic.drawing.face import Face
from data_builders.synthetic.truth import Truth, aligned_flow
from mol_jax.errors import UserError
from mol_jax.files.whole import read_text

MOVING = 0.5  # px of the drawn image: what moves more is the moving part
ALIKE = 0.5  # grey levels: frames with other noise differ by 2 on average
FITS = 0.01  # px: what rounding leaves between dlib's landmarks and the build's


@dataclasses.dataclass(frozen=True)
class Exact:
    """What is known of a video of t frames, in px of its crop of H×W.

    flow: [t-1, H, W, 2], from each frame to the next. moving: bool [t-1, H, W]. first: [68, 2], the
    landmarks in frame 0. landmarks: [t-1, 68, 2], where the warp has them in the others. light:
    [t], the factor of each frame's brightness.
    """

    flow: np.ndarray
    moving: np.ndarray
    first: np.ndarray
    landmarks: np.ndarray
    light: np.ndarray


class Photographs:
    """A folder that `own_photographs` wrote, and how its pictures were moved.

    photos: those that it was made of, in their order. Raises UserError where the folder has no
    marker of that command.
    """

    def __init__(self, source: Path, photos: Sequence[np.ndarray], detector: Detector):
        made = _marker(source / GENERATED_MARKER)
        if not made:
            raise UserError(
                f"{source} has no {GENERATED_MARKER} of benchmarks.own_photographs: give the "
                "folder that this command wrote as --source"
            )
        self._source, self._photos, self._detector = source, photos, detector
        self._made = made
        self._face = functools.lru_cache(maxsize=1)(self._make_face)  # clips come by person

    def exact(
        self, clip: str, numbers: np.ndarray, points: np.ndarray, crop: int, corner: int
    ) -> Exact:
        """Returns what is known of a clip, "p01/c02" or "p01/c02:59-68".

        numbers: [t], of its frames. points: [t, 68, 2], the build's landmarks of them, px of the
        aligned image, of which the crop of `crop` px begins in column and row `corner`.

        Raises UserError for a clip that is not there, where frames drawn again are not those on
        disk, and where the detector's landmarks are not those of the build.
        """
        face, drawn = self._drawn(clip)
        folder = self._source / drawn.name
        files = index_frames(folder) if folder.is_dir() else {}
        if not {*numbers} <= {*files} & {*drawn.numbers}:
            raise UserError(
                f"{folder} has frames {[*files]}, expected {[*numbers]}, which the run was tested "
                "on: give the --source that the run's data was built of"
            )
        indices = [int(number) - drawn.onset for number in numbers]
        images = read_clip([files[int(number)] for number in numbers])
        last = int(numbers[-1])  # the most has moved and been drawn there
        self._refuse_other(face, drawn, last, files[last])
        found = [self._detector(image) for image in images]
        if any(one is None for one in found):
            raise UserError(f"no face is found in a frame of {folder}: leave the clip out")
        raw = np.array(found, float)
        to = [_fitted(*of, clip) for of in zip(raw, points, strict=True)]
        known = _truth(face, drawn)
        pairs = [(known, int(a), int(b)) for a, b in itertools.pairwise(numbers)]
        inside = slice(corner, corner + crop)
        flow = np.stack(
            [aligned_flow(*pair, *to[k : k + 2], crop + 2 * corner) for k, pair in enumerate(pairs)]
        )
        flow = flow[:, inside, inside]
        shift = [drawn.motion.flow(raw[0], indices[0], index) for index in indices]
        followed = [map_points(m, raw[0] + of) - corner for m, of in zip(to, shift, strict=True)]
        fast = np.linalg.norm(flow, axis=-1) > MOVING * np.hypot(*to[0][:, 0])
        return Exact(flow, fast, followed[0], np.stack(followed[1:]), drawn.light[indices])

    def _drawn(self, clip: str) -> tuple[Face, moving.Clip]:
        named = re.fullmatch(r"p(\d{2,6})/c(\d{2,6})(?::.*)?", clip, re.ASCII)
        person, number = (int(part) - 1 for part in named.groups()) if named else (-1, -1)
        if not (0 <= person < self._made["people"] and 0 <= number < self._made["clips"]):
            raise UserError(
                f"{clip!r} is none of the {self._made['people']} × {self._made['clips']} clips of "
                f"{self._source}: give the --source that the run's data was built of"
            )
        face = self._face(person)
        return face, own_photographs.clip_of(face, (self._made["seed"], person, number))

    def _make_face(self, person: int) -> Face:
        return own_photographs.person_of(self._photos, self._detector, self._made["seed"], person)

    def _refuse_other(self, face: Face, drawn: moving.Clip, number: int, file: Path) -> None:
        """Raises UserError unless the frame of this number, drawn again, is the one on disk."""
        again = moving.frame(face, drawn, number - drawn.onset).astype(float)
        there = cv2.imread(str(file))
        apart = np.inf if there is None else np.abs(again - there[..., ::-1]).mean()
        if apart > ALIKE:
            raise UserError(
                f"{file} is on average {apart:.1f} grey levels from how it is drawn now: give "
                "--only as it was given then, or make the folder and the runs anew"
            )


def _marker(path: Path) -> dict[str, Any]:
    """Returns what the marker says; nothing where it is not one of `own_photographs`."""
    try:
        made = json.loads(read_text(path)) if path.is_file() else {}
    except ValueError:
        return {}
    if not isinstance(made, dict) or made.get("generator") != "benchmarks.own_photographs":
        return {}
    whole = all(isinstance(made.get(name), int) for name in ("people", "clips", "seed"))
    return made if whole else {}


def _truth(face: Face, drawn: moving.Clip) -> Truth:
    count = len(drawn.light)
    points = [drawn.motion.forward(face.landmarks, index) for index in range(count)]
    return Truth(drawn.onset, drawn.motion, np.array(points, np.float32))


def _fitted(raw: np.ndarray, aligned: np.ndarray, clip: str) -> np.ndarray:
    """Returns the transform [2, 3] that took landmarks [68, 2] to the build's."""
    square = np.column_stack([raw, np.ones(len(raw))])
    matrix = np.linalg.lstsq(square, aligned.astype(float), rcond=None)[0].T
    left = np.abs(map_points(matrix, raw) - aligned).max()
    if left > FITS:
        raise UserError(
            f"the landmarks of {clip} are up to {left:.2f} px from those of the build: build it "
            "again with this version of dlib"
        )
    return matrix
