"""How well dlib, TV-L1 and DIS do on generated clips, whose landmarks and flow are known exactly.

    python benchmarks/synthetic_truth.py [--subjects=12] [--clips=3]

Prints the figures measured in data_builders/synthetic/README.md, a line each. Errors of
landmarks are in percent of the inter-ocular distance, errors of flow are mean end-point errors in
px from onset to apex, at 280×340.
"""

import argparse
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from data_builders.casme2.annotation import annotate
from data_builders.common.faces import DlibDetector, packaged_predictor
from data_builders.common.flow import tvl1
from data_builders.common.frames import index_frames, read_clip
from data_builders.synthetic import generate, truth
from data_builders.synthetic.identity import HEIGHT, WIDTH

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
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        root = generate(Path(folder, "raw"), subjects=options.subjects, clips=options.clips)
        seconds = time.perf_counter() - start
        clips = [with_truth(root, clip) for clip in annotate(root, "synthetic").clips]
    print(f"{len(clips)} clips of {options.subjects} subjects drawn in {seconds:.0f} s")
    landmark_errors(clips)
    flow_errors(clips)


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
    inverse_search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    methods = {
        "TV-L1": tvl1,
        "DIS medium": lambda a, b: inverse_search.calc(a, b, None),
        "zero flow": lambda a, b: np.zeros((*a.shape, 2)),
    }
    errors = {name: [] for name in methods}
    for images, known, onset, apex in clips:
        exact = known.flow(onset, apex)
        outline = cv2.convexHull(known.landmarks[0])[:, 0]
        inside = cv2.fillConvexPoly(np.zeros((HEIGHT, WIDTH), np.uint8), outline.astype(int), 1) > 0
        moving = inside & (np.linalg.norm(exact, axis=-1) > MOVING)
        for name, method in methods.items():
            error = np.linalg.norm(method(images[0], images[apex - onset]) - exact, axis=-1)
            errors[name].append((error[inside].mean(), error[moving].mean()))
    for name, rows in errors.items():
        face, part = np.mean(rows, axis=0)
        print(f"flow, {name:10} {face:.2f} px over the face, {part:.2f} px where it moves")


if __name__ == "__main__":
    main()
