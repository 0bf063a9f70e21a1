"""What hand-crafted features and their SVMs take: processor seconds of a clip, and of 442.

    python -m benchmarks.features
    python -m benchmarks.features --clips 4 --rounds 3

Features are made of random clips of 10 frames of 144 px, in turns, so that other work on the
machine falls on all; the least turn of each is printed. LBP-TOP's codes stand beside those of
scikit-image (pip install -e ".[test]"), which has one plane at a time, on the same slices; it
leaves blocks and histograms out. Then one fold of LBP-TOP's SVM on random features of 442 clips of
68 people, once with its C chosen and once with it given, and 68 folds of that.
"""

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
from skimage.feature import local_binary_pattern
from threadpoolctl import threadpool_limits

from mol_jax.classic import lbp, mdmo, woof
from mol_jax.classic.estimator import Estimator
from mol_jax.classic.inner import ChosenSvm
from mol_jax.classic.svm import Svm
from mol_jax.errors import Parser, exit_code, leave

CLIPS, PEOPLE = 442, 68  # of MEGC 2019's composite
FRAMES, SIDE, RADIUS = 10, 144, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _main(_arguments(arguments)), stopped="stopped.")


def _main(arguments: argparse.Namespace) -> int:
    rng = np.random.default_rng(0)
    clips = rng.integers(0, 256, (arguments.clips, FRAMES, SIDE, SIDE), dtype=np.uint8)
    flows = rng.normal(size=(arguments.clips, SIDE, SIDE, 2)).astype(np.float32)
    face = rng.uniform(30, 110, (68, 2))
    works: dict[str, Callable[[int], object]] = {
        "LBP-TOP, 59 codes": lambda i: _histograms(clips[i], uniform=True),
        "LBP-TOP, 256 codes": lambda i: _histograms(clips[i], uniform=False),
        "its codes alone": lambda i: lbp.codes(clips[i], radius=RADIUS, radius_t=RADIUS),
        "scikit-image's on the same slices": lambda i: _by_slices(clips[i]),
        "Bi-WOOF": lambda i: woof.histograms(flows[i]),
        "MDMO, its flow included": lambda i: mdmo.of_frames(clips[i], face, flow="dis"),
    }
    least = dict.fromkeys(works, np.inf)
    for _ in range(arguments.rounds):
        for name, work in works.items():
            start = time.process_time()
            for clip in range(arguments.clips):
                work(clip)
            least[name] = min(least[name], (time.process_time() - start) / arguments.clips)
    print(f"| feature | ms a clip | s of {CLIPS} clips |\n|---|---:|---:|")
    for name, seconds in least.items():
        print(f"| {name} | {1e3 * seconds:.1f} | {CLIPS * seconds:.1f} |")
    ratio = least["scikit-image's on the same slices"] / least["its codes alone"]
    print(f"\ncodes of three planes: {ratio:.1f} times as fast as slice by slice\n")
    print(f"| SVM of LBP-TOP | s a fold | s of {PEOPLE} folds |\n|---|---:|---:|")
    machines: dict[str, Estimator] = {
        "C chosen": ChosenSvm("linear", True, 3),
        "C given": Svm("linear", 1.0, True, 3),
    }
    for name, machine in machines.items():
        with threadpool_limits(1):  # as in a run
            seconds = _fold(machine, rng)
        print(f"| {name} | {seconds:.2f} | {PEOPLE * seconds:.0f} |")
    return 0


def _histograms(clip: np.ndarray, *, uniform: bool) -> np.ndarray:
    return lbp.histograms(clip, radius=RADIUS, radius_t=RADIUS, blocks=8, uniform=uniform)


def _by_slices(clip: np.ndarray) -> list[np.ndarray]:
    """Returns the codes of every slice that has any, in the three planes."""
    time_, side = slice(RADIUS, FRAMES - RADIUS), slice(RADIUS, SIDE - RADIUS)
    slices = [*clip[time_], *clip[:, side].swapaxes(0, 1), *np.moveaxis(clip[:, :, side], 2, 0)]
    return [local_binary_pattern(one, lbp.POINTS, RADIUS, "nri_uniform") for one in slices]


def _fold(machine: Estimator, rng: np.random.Generator) -> float:
    """Returns the processor seconds of one fold."""
    length = 8 * 8 * lbp.TIME_BLOCKS * len(lbp.PLANES) * lbp.UNIFORM
    features = rng.normal(size=(CLIPS, length)).astype(np.float32)
    labels = rng.integers(0, 3, CLIPS)
    people = np.array([f"p{row % PEOPLE}" for row in range(CLIPS)])
    train, start = people != "p0", time.process_time()
    machine.fit(features[train], labels[train], people[train]).probabilities(features[~train])
    return time.process_time() - start


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="python -m benchmarks.features",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for name, default, words in (("clips", 8, "random clips"), ("rounds", 3, "turns of each")):
        parser.add_argument(f"--{name}", type=_count, default=default, help=f"{words} [{default}]")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**4):
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, not {text!r}")
    return int(text)


if __name__ == "__main__":
    leave(main())
