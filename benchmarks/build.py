"""Clips per second of `data_builders.build` against preprocessing as the authors' release does it.

    python benchmarks/build.py [--clips=4] [--frames=64] [--processes=2]

Both are given the same generated clips, of exactly --frames frames, and the same number of
processes, which this machine may share with other work: the CPU time is printed beside the wall
time. Both times begin with raw images and include starting the processes and loading the landmark
model in each of them; ours also includes writing the dataset, theirs ends with arrays in memory.

What the release does (`dataset.py`, github.com/CYF-cuber/MOL), for a video of n frames, written
anew in `release_way` with the same calls into dlib and OpenCV:

- it takes n // 8 clips of 8 frames that overlap in time: clip j has the frames j, j + n // 8,
  j + 2 (n // 8), …; the frames behind the last multiple of 8 are dropped;
- each frame of each clip is decoded twice (for OpenCV and for dlib), searched for a face at twice
  its size, landmarked, and aligned by itself to 144×144 px;
- from each clip 5 random crops of 128×128 px are taken, and TV-L1 with OpenCV's defaults runs
  over the 7 pairs of consecutive frames of each crop.

So a frame is not searched twice within one video, but every pair of frames goes through TV-L1 five
times, in n // 8 clips. We search each frame once, at its own size, and run TV-L1 over the 7 pairs
of one clip per video at 144×144 px: all crops are made from it when training. The ratio therefore
grows with n. The release has one process and one thread of Python; here it is given --processes.
OpenCV uses one thread in each process, in both.

"again" is a second build of ours, with t = 16 and the landmarks of the first one kept; "again dis"
one whose flow is DIS.
"""

import argparse
import functools
import importlib
import itertools
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import dlib
import numpy as np

from data_builders.build import build
from data_builders.casme2.annotation import annotate
from data_builders.disk.processes import pool
from data_builders.pixels import alignment
from data_builders.pixels.faces import NUM_LANDMARKS, packaged_predictor
from data_builders.pixels.frames import index_frames
from data_builders.synthetic import generate

CLIP, CROPS = 8, 5  # the release's CLIP_LENGTH and RANDOM_CROP_SAMPLE_NUM
ALIGNED, CROP = 144, 128

_models: tuple = ()  # one pair per process, as the release loads them at import


def main() -> None:
    """Draws clips, runs both, prints the times and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--frames", type=int, default=64, help="of each clip")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    importlib.import_module("tensorflow_datasets")  # seconds, and not what is measured
    with tempfile.TemporaryDirectory() as folder:
        length = (options.frames, options.frames)
        root = generate(Path(folder, "raw"), subjects=options.clips, clips=1, frames=length)
        print(f"{options.clips} clips of {options.frames} frames, {options.processes} processes")
        ours = functools.partial(
            build, "synthetic", root, data_dir=Path(folder, "tfds"), workers=options.processes
        )
        runs = {
            "ours": ours,
            "again": lambda: ours(frames=16),
            "again dis": lambda: ours(frames=16, flow="dis"),
            "release": lambda: release(root, options.processes),
        }
        seconds = {name: timed(run) for name, run in runs.items()}
    for name, (wall, cpu) in seconds.items():
        print(f"{name:9} {options.clips / wall:.3f} clips/s, {wall:.1f} s, {cpu:.1f} s of CPU")
    wall, cpu = np.divide(seconds["release"], seconds["ours"])
    print(f"ratio: {wall:.1f} of wall time, {cpu:.1f} of CPU time")


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Returns the wall and the CPU seconds of a call and of the processes it starts and ends."""
    start, cpu = time.perf_counter(), cpu_seconds()
    run()
    return time.perf_counter() - start, cpu_seconds() - cpu


def cpu_seconds() -> float:
    """Returns the CPU seconds of this process and of those it has waited for, so far."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def release(root: Path, processes: int) -> None:
    """Preprocesses all clips as the release does, a video at a time in each process."""
    videos = [
        [str(file) for file in index_frames(clip.folder).values()]
        for clip in annotate(root, "synthetic").clips
    ]
    with pool(processes, load_models) as workers:
        for number, flows in enumerate(workers.map(release_way, videos)):
            assert flows.shape[0] == len(videos[number]) // CLIP * CROPS


def load_models() -> None:
    """Loads dlib's detector and landmark model into this process."""
    global _models  # noqa: PLW0603 - the one place a pool can leave what its tasks need
    _models = dlib.get_frontal_face_detector(), dlib.shape_predictor(str(packaged_predictor()))


def release_way(files: list[str]) -> np.ndarray:
    """Returns the flows [clips · crops, 7, 128, 128, 2] of one video."""
    rng = np.random.default_rng(0)
    step, flows = len(files) // CLIP, []
    for first in range(step):
        frames = [aligned(files[k * step + first]) for k in range(CLIP)]
        for _ in range(CROPS):
            x, y = rng.integers(0, ALIGNED - CROP + 1, 2)
            crops = [frame[x : x + CROP, y : y + CROP] for frame in frames]
            pairs = itertools.pairwise(crops)
            flows.append([tvl1(one, other) for one, other in pairs])
    return np.array(flows)


def aligned(file: str) -> np.ndarray:
    """Returns the grey aligned face [144, 144] of one image."""
    detect, predict = _models
    image, rgb = cv2.imread(file), dlib.load_rgb_image(file)
    shape = predict(rgb, detect(rgb, 1)[0])
    points = np.array([(shape.part(k).x, shape.part(k).y) for k in range(NUM_LANDMARKS)], float)
    matrix = alignment.similarity(points, ALIGNED)
    face = cv2.warpAffine(image, matrix, (ALIGNED, ALIGNED), borderValue=(128, 128, 128))
    return cv2.cvtColor(face, cv2.COLOR_BGR2GRAY)


def tvl1(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Returns the flow between two crops."""
    return cv2.optflow.DualTVL1OpticalFlow_create().calc(one, other, None)


if __name__ == "__main__":
    main()
