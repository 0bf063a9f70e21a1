"""How fast the endless faces are drawn, and how like photographs they are.

    python -m benchmarks.drawing [--examples=40] [--only speed|truth|looks]

speed: processor time of one core, for two frames of 72 px and more and larger ones; beside it a
face and two frames of the datasets' own drawing, in the same turns.

truth: what dlib, TV-L1 and DIS make of the frames, against what is known.

looks: grey levels, gradients and spectra of the faces, beside those of the photographs that
scikit-image and matplotlib ship, aligned in the same way, and of scikit-image's hundred faces of 25
px; and how much the landmarks' proportions differ between people.
"""

import dataclasses
import importlib.util
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from unittest import mock

import cv2
import numpy as np

from benchmarks.own_photographs import photographs
from data_builders.pixels.alignment import similarity, warp
from data_builders.pixels.faces import DlibDetector, packaged_predictor
from data_builders.pixels.flow import METHODS
from data_builders.synthetic.drawing.clip import draw_clip, frame
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import draw
from data_builders.synthetic.endless import Endless, Variety, detected
from data_builders.synthetic.endless.movement import Movement, everywhere
from data_builders.synthetic.endless.person import draw_person
from mol_jax.errors import Parser, UserError, exit_code

SETTINGS = ((72, 2), (108, 4), (144, 8))  # S px, t frames
CLEAN = dataclasses.replace(Variety(), noise=0, blur=0, jpeg=0, occlusion=0)
PARTS = {"jaw": (0, 17), "brows": (17, 27), "nose": (27, 36), "eyes": (36, 48), "mouth": (48, 68)}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(
        prog="python -m benchmarks.drawing", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--examples", type=int, default=40, help="of each setting (%(default)s)")
    parser.add_argument("--only", choices=("speed", "truth", "looks"), help="a part of it")
    options = parser.parse_args(arguments)
    if options.examples < 4:
        raise UserError(f"--examples is {options.examples}; take 4 or more.")
    for name, part in (("speed", speed), ("truth", truth), ("looks", looks)):
        if options.only in (None, name):
            for line in part(options.examples):
                print(line)
    return 0


def speed(examples: int) -> Iterable[str]:
    """Says how long drawing takes; variants take turns, and each is the fastest third's mean."""
    streams = {(s, t): Endless(7, examples, 1, frames=t, size=s) for s, t in SETTINGS}
    spent: dict[object, list[float]] = {key: [] for key in (*streams, "face", "frame")}
    for index in range(examples):
        for key, stream in streams.items():
            spent[key].append(_seconds(stream.__getitem__, index))
        if index < examples // 8 + 1:
            _draw_old(spent, index)
    for (size, t), seconds in ((key, _typical(spent[key])) for key in streams):
        yield f"S = {size}, t = {t}: {1 / seconds:.1f} examples a second and core"
    old = _typical(spent["face"]) + 2 * _typical(spent["frame"])
    yield (
        f"the datasets' drawing, 280×340, takes {old / _typical(spent[SETTINGS[0]]):.0f} times as "
        f"long for a person and two frames as the endless one at {SETTINGS[0][0]} px"
    )


def _draw_old(spent: dict[object, list[float]], index: int) -> None:
    begun = time.process_time()
    face = draw_face(draw(index))
    spent["face"].append(time.process_time() - begun)
    clip = draw_clip(
        face, name="", emotion="surprise", amplitude=(1, 4), frames=(10, 10), seed=(7, index)
    )
    spent["frame"].append(_seconds(frame, face, clip, clip.apex))


def _seconds(work: Callable[..., object], *arguments: object) -> float:
    begun = time.process_time()
    work(*arguments)
    return time.process_time() - begun


def _typical(seconds: list[float]) -> float:
    """Returns the mean of the fastest third: what others on the machine cost is left out."""
    return float(np.mean(np.sort(seconds)[: max(1, len(seconds) // 3)]))


def truth(examples: int) -> Iterable[str]:
    """Says how well dlib, TV-L1, DIS and the frames themselves agree with what is known."""
    yield _interpolated(examples)
    for name, variety in (("all variety", Variety()), ("clean", CLEAN)):
        drawn = list(_examples(examples, variety))
        yield f"{name}, {examples} clips of two frames of 144 px, flow over the face:"
        yield from _landmark_lines(drawn)
        for method, find in {**{n: m.find for n, m in METHODS.items()}, "zero": _still}.items():
            off = np.array([_flow_error(find(*one.frames), one) for one in drawn])
            yield f"  flow, {method}: {off.mean():.2f} px, median {np.median(off):.2f}"


def _interpolated(examples: int, size: int = 144) -> str:
    """Says how far the flow, which is interpolated between nodes, is from that at every pixel."""
    back, misses = Movement.back, []

    def watched(self: Movement, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        points, flow = back(self, pixels)
        there = self.forward(everywhere(points[:1], size).reshape(-1, 2))
        step = everywhere(flow[:1], size).reshape(-1, 2)
        misses.append(np.linalg.norm(there[1] - there[0] - step, axis=-1))
        return points, flow

    with mock.patch.object(Movement, "back", watched):
        list(_examples(examples, CLEAN, size))
    most, worst = np.quantile(misses, 0.999), np.max(misses)
    return f"exact flow is so to {most:.4f} px in 999 of 1000 pixels, to {worst:.2f} px in all"


def _examples(count: int, variety: Variety, size: int = 144) -> Iterable:
    stream = Endless(11, count, 1, size=size, variety=variety)
    return map(stream.__getitem__, range(count))


def _landmark_lines(drawn: list) -> Iterable[str]:
    pairs = [(detected.found_in(one.frames[0]), one.landmarks[0]) for one in drawn]
    off = np.array([_offset(found, exact) for found, exact in pairs if found is not None])
    error = np.linalg.norm(off, axis=-1)
    parts = ", ".join(f"{name} {error[:, slice(*at)].mean():.1f}" for name, at in PARTS.items())
    yield f"  dlib finds a face in {len(off)} of {len(drawn)}"
    yield f"  dlib's landmarks, % of the eyes' distance: {error.mean():.1f}; {parts}"


def _offset(found: np.ndarray, exact: np.ndarray) -> np.ndarray:
    return 100 * (found - exact) / _eyes(exact)


def _eyes(points: np.ndarray) -> float:
    return float(np.linalg.norm(points[42:48].mean(axis=0) - points[36:42].mean(axis=0)))


def _flow_error(flow: np.ndarray, one) -> float:
    outline = cv2.convexHull(one.landmarks[0])[:, 0].astype(int)
    inside = cv2.fillConvexPoly(np.zeros(flow.shape[:2], np.uint8), outline, 1) > 0
    return float(np.linalg.norm(flow - one.flow[0].astype(np.float32), axis=-1)[inside].mean())


def _still(first: np.ndarray, _: np.ndarray) -> np.ndarray:
    return np.zeros((*first.shape, 2), np.float32)


def looks(examples: int) -> Iterable[str]:
    """Says how the drawn faces' pixels and proportions compare with photographs."""
    yield "grey levels, their gradient over their deviation (three quantiles), and the slope of the"
    yield "power spectrum; of each 5 %, median and 95 % of the faces:"
    drawn = [one.frames[0] for one in _examples(examples, Variety())]
    yield from _look_lines("drawn, 144 px", drawn)
    yield from _look_lines("photographs, 144 px", _photographed(144))
    inner = [
        cv2.resize(image[12:132, 12:132], (25, 25), interpolation=cv2.INTER_AREA) for image in drawn
    ]
    yield from _look_lines("drawn, 25 px", inner)
    yield from _look_lines("faces in the wild, 25 px", _small_faces())
    people = np.array([draw_person(11, number, Variety()).points for number in range(400)])
    yield "differences between people, deviation over mean, of lengths over the eyes' distance:"
    yield "  " + ", ".join(f"{name} {spread:.1f} %" for name, spread in proportions(people).items())


def _look_lines(name: str, images: list[np.ndarray]) -> Iterable[str]:
    if images:
        rows = np.array([measured(image.astype(np.float64)) for image in images])
        low, middle, high = np.quantile(rows, (0.05, 0.5, 0.95), axis=0)
        words = zip(
            ("mean", "deviation", "50 %", "90 %", "99 %", "slope"), low, middle, high, strict=True
        )
        yield f"  {name}: " + "; ".join(f"{n} {a:.2f} {b:.2f} {c:.2f}" for n, a, b, c in words)


def measured(image: np.ndarray) -> tuple[float, ...]:
    """Returns mean, deviation, three quantiles of the gradient, and the slope of the spectrum."""
    level = (image - image.mean()) / image.std()
    steep = np.hypot(np.diff(level, axis=1)[:-1], np.diff(level, axis=0)[:, :-1])
    size = len(image)
    window = np.outer(np.hanning(size), np.hanning(size))
    power = np.abs(np.fft.fftshift(np.fft.fft2(level * window))) ** 2
    y, x = np.indices(image.shape) - size // 2
    radius = np.round(np.hypot(x, y)).astype(int).ravel()
    mean = np.bincount(radius, power.ravel()) / np.bincount(radius)
    waves = np.arange(3, int(0.4 * size))
    slope = np.polyfit(np.log(waves), np.log(mean[waves]), 1)[0]
    return (image.mean(), image.std(), *np.quantile(steep, (0.5, 0.9, 0.99)), slope)


def _photographed(size: int) -> list[np.ndarray]:
    """Returns the photographs' faces, aligned; none where the packages are not installed."""
    try:
        images = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in photographs()]
    except UserError:
        return []
    detector = DlibDetector(packaged_predictor())
    pairs = [(image, detector(image)) for image in images]
    return [
        warp(image, similarity(points, size), size) for image, points in pairs if points is not None
    ]


def _small_faces() -> list[np.ndarray]:
    """Returns the hundred faces [25, 25] that scikit-image ships; none where it is missing."""
    spec = importlib.util.find_spec("skimage")
    file = Path(spec.origin).parent / "data/lfw_subset.npy" if spec and spec.origin else None
    return list(255 * np.load(file)[:100]) if file and file.is_file() else []


def proportions(people: np.ndarray) -> dict[str, float]:
    """Returns the spread in % of lengths over the eyes' distance, of faces [n, 68, 2]."""
    lengths = {
        "face width": people[:, 16, 0] - people[:, 0, 0],
        "nose bridge to chin": people[:, 8, 1] - people[:, 27, 1],
        "nose width": people[:, 35, 0] - people[:, 31, 0],
        "nose length": people[:, 33, 1] - people[:, 27, 1],
        "mouth width": people[:, 54, 0] - people[:, 48, 0],
        "inner eye corners": people[:, 42, 0] - people[:, 39, 0],
        "eye width": people[:, 39, 0] - people[:, 36, 0],
    }
    eyes = np.array([_eyes(points) for points in people])
    ratios = {name: length / eyes for name, length in lengths.items()}
    return {name: float(100 * ratio.std() / ratio.mean()) for name, ratio in ratios.items()}


if __name__ == "__main__":
    raise SystemExit(main())
