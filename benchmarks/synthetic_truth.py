"""How well dlib and each flow and alignment do on generated clips, whose truth is known exactly.

    python benchmarks/synthetic_truth.py [--subjects=12] [--clips=3] [--aligned=12]

Prints the figures measured in data_builders/synthetic/README.md, a line each. Errors of
landmarks are in percent of the inter-ocular distance, errors of flow are mean end-point errors in
px from onset to apex, at 280×340.

Then, for the first --aligned clips, every alignment with every flow as the builder makes them, at
144 px, over the face; t = 8: between consecutive sampled frames, t = 2: from onset to apex:

- added motion: by how much the exact flow between the aligned frames differs from the flow of the
  expression alone. It is what the head's drift and the detector's jitter add to the target.
- error: of the flow method, against the exact flow between the aligned frames.
- off the expression: of the flow method, against the flow of the expression alone. It is what the
  target of the flow task is wrong by in all.
"""

import argparse
import dataclasses
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from data_builders.casme2.annotation import annotate
from data_builders.pixels.alignment import ALIGNMENTS, map_points, transforms, warp
from data_builders.pixels.faces import DlibDetector, fill_missing, packaged_predictor
from data_builders.pixels.flow import METHODS
from data_builders.pixels.frames import index_frames, read_clip
from data_builders.synthetic import generate, truth
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH

SIZE, FRAMES = 144, 8  # the builder's defaults
PAIRS = (1, 5)  # of the 7 pairs of sampled frames: on the way to the apex, and back

PARTS = {
    "jaw": slice(0, 17),
    "brows": slice(17, 27),
    "nose": slice(27, 36),
    "eyes": slice(36, 48),
    "mouth": slice(48, 68),
}
MOVING = 0.5  # px: pixels that move more count as the moving part


def main() -> None:
    """Draws clips, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=12)
    parser.add_argument("--clips", type=int, default=3)
    parser.add_argument("--aligned", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        root = generate(Path(folder, "raw"), subjects=options.subjects, clips=options.clips)
        seconds = time.perf_counter() - start
        clips = [with_truth(root, clip) for clip in annotate(root, "synthetic").clips]
    print(f"{len(clips)} clips of {options.subjects} subjects drawn in {seconds:.0f} s")
    landmark_errors(clips)
    flow_errors(clips)
    aligned_errors(clips[: options.aligned])


def with_truth(root: Path, clip) -> tuple[np.ndarray, truth.Truth, int, int]:
    """Returns a clip's grey frames [n, H, W], its truth, and its onset and apex numbers."""
    files = index_frames(clip.folder)
    known = truth.load(root / "ground_truth" / clip.subject / f"{clip.clip}.npz")
    return read_clip([files[number] for number in sorted(files)]), known, clip.onset, clip.apex


def landmark_errors(clips: list) -> None:
    """Prints the detection rate and dlib's error, with and without its bias on these faces."""
    detector = DlibDetector(packaged_predictor())
    offsets, frames = [], 0
    for images, known, _, _ in clips:
        frames += len(images)
        for image, points in zip(images, known.landmarks, strict=True):
            found = detector(image)
            if found is not None:
                eyes = np.linalg.norm(points[42:48].mean(0) - points[36:42].mean(0))
                offsets.append(100 * (found - points) / eyes)
    offsets = np.array(offsets)
    unbiased = np.linalg.norm(offsets - offsets.mean(axis=0), axis=-1)
    error = np.linalg.norm(offsets, axis=-1)
    print(f"a face is found in {len(offsets)} of {frames} frames")
    print(f"landmarks: {error.mean():.1f} %, without their constant bias {unbiased.mean():.1f} %")
    for name, part in PARTS.items():
        print(f"  {name:6} {error[:, part].mean():.1f} %")


def flow_errors(clips: list) -> None:
    """Prints the error of each flow over the face and over the part of it that moves."""
    errors: dict[str, list] = {name: [] for name in methods()}
    for images, known, onset, apex in clips:
        exact = known.flow(onset, apex)
        inside = face_mask(known.landmarks[0], (HEIGHT, WIDTH))
        moving = inside & (np.linalg.norm(exact, axis=-1) > MOVING)
        for name, method in methods().items():
            error = np.linalg.norm(method(images[0], images[apex - onset]) - exact, axis=-1)
            errors[name].append((error[inside].mean(), error[moving].mean()))
    for name, rows in errors.items():
        face, part = np.mean(rows, axis=0)
        print(f"flow, {name:11} {face:.2f} px over the face, {part:.2f} px where it moves")


def face_mask(landmarks: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Returns the pixels inside the hull of the landmarks [68, 2], bool [H, W]."""
    outline = cv2.convexHull(landmarks.astype(np.float32))[:, 0]
    return cv2.fillConvexPoly(np.zeros(shape, np.uint8), outline.astype(int), 1) > 0


def aligned_errors(clips: list) -> None:
    """Prints a row per alignment and flow: see the head of this file."""
    detector = DlibDetector(packaged_predictor())
    rows: dict[tuple[str, str, str], list] = {}
    for images, known, onset, apex in clips:
        found = fill_missing([detector(image) for image in images], np.arange(len(images)))
        sampled = np.round(np.linspace(0, len(images) - 1, FRAMES)).astype(int)
        pairs = [("t = 8", *sampled[k : k + 2]) for k in PAIRS]
        for alignment in ALIGNMENTS:
            matrices = transforms(found, alignment, SIZE)
            for sampling, a, b in [*pairs, ("t = 2", 0, apex - onset)]:
                for method, errors in pair_errors(images, known, matrices, a, b):
                    rows.setdefault((sampling, alignment, method), []).append(errors)
    print(f"aligned, {len(clips)} clips:")
    for (sampling, alignment, method), errors in sorted(rows.items()):
        added, error, off = np.mean(errors, axis=0)
        print(
            f"  {sampling}, {alignment:9} {method:11} added motion {added:.2f} px, "
            f"error {error:.2f} px, off the expression {off:.2f} px"
        )


def pair_errors(images: np.ndarray, known: truth.Truth, matrices: np.ndarray, a: int, b: int):
    """Yields each method's name and its three errors between the aligned frames a and b."""
    motion = dataclasses.replace(known.motion, jitter=np.zeros_like(known.motion.jitter))
    still = dataclasses.replace(known, motion=motion)
    numbers = known.onset + a, known.onset + b
    exact = truth.aligned_flow(known, *numbers, matrices[a], matrices[b], SIZE)
    expression = truth.aligned_flow(still, *numbers, matrices[a], matrices[a], SIZE)
    inside = face_mask(map_points(matrices[a], known.landmarks[a]), (SIZE, SIZE))
    aligned = [warp(images[k], matrices[k], SIZE) for k in (a, b)]
    for name, method in methods().items():
        flow = method(*aligned)
        pairs = ((exact, expression), (flow, exact), (flow, expression))
        yield name, [np.linalg.norm(p - q, axis=-1)[inside].mean() for p, q in pairs]


def methods() -> dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    """Returns the builder's flows, and none at all."""
    found = {name: method.find for name, method in METHODS.items()}
    return found | {"zero flow": lambda one, _: np.zeros((*one.shape, 2), np.float32)}


if __name__ == "__main__":
    main()
