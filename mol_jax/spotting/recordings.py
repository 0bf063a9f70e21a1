"""Long recordings on disk: which there are, and the face of each, aligned, frame by frame."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from data_builders.pixels import alignment
from data_builders.pixels.faces import Detector, fill_missing
from data_builders.pixels.frames import index_frames
from data_builders.pixels.images import is_image, read_grey
from data_builders.video import decoding
from data_builders.video.pictures import VideoFrame, is_video, read_frames
from mol_jax.errors import UserError
from mol_jax.files.cells import Cells, Table

SIZE = 144  # px of the aligned image, as clips are built
FIRST_LOOKS = 12  # frames in which the face is looked for, to align all by their median
LOOK = 0.2  # s between frames whose landmarks are found; they are filled in between
ENLARGED = 2  # times: the detector finds faces from 80 px on
VIDEOS, INTERVALS = "videos.csv", "intervals.csv"
YES, NO = ("1", "yes", "true"), ("0", "no", "false", "")  # of the column neutral


@dataclasses.dataclass(frozen=True)
class Recording:
    """One recording: a video file, or a folder of images at `rate` a second.

    subject: "" where nobody says. neutral: whether it is known to hold no expression.
    """

    name: str
    source: Path
    subject: str = ""
    neutral: bool = False
    rate: float | None = None


@dataclasses.dataclass(frozen=True)
class Face:
    """The face of a recording of n frames, aligned once for all.

    frames: uint8 [n, S, S]. landmarks: float32 [n, 68, 2] px. times: [n] s. numbers: [n], what the
    frames are called: of images by their names, of a video from 1 on.
    """

    frames: np.ndarray
    landmarks: np.ndarray
    times: np.ndarray
    numbers: np.ndarray

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return lasting(self.times)


def lasting(times: np.ndarray) -> float:
    """Returns how long frames [n] last, s: the last is shown as long as others are on average."""
    count = len(times)
    return float((times[-1] - times[0]) * count / max(count - 1, 1))


def find(folder: Path, rate: float | None) -> list[Recording]:
    """Returns the recordings of a folder: those of its `videos.csv`, or all that lie in it.

    They may lie in folders by subject, as those of CASME II, SAMM and SMIC do. A recording is
    called by its file or its folder of images, or by its path where two have one name. rate: frames
    a second of folders of images.

    Raises:
      UserError: for a folder without any, or without one that its table names.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder: give one with recordings in it")
    if (folder / VIDEOS).is_file():
        return list(_listed(folder, rate))
    shown = (path for path in folder.rglob("*") if not _hidden(path.relative_to(folder)))
    sources = sorted(path for path in shown if is_video(path) or _of_images(path))
    if not sources:
        raise UserError(f"{folder} holds no video and no folder of images: expected recordings")
    short = [path.stem if is_video(path) else path.name for path in sources]
    long = [path.relative_to(folder).as_posix() for path in sources]
    unique = len(set(short)) == len(short)
    return [
        Recording(name, path, subject=_above(path, folder), rate=rate)
        for name, path in zip(short if unique else long, sources, strict=True)
    ]


def _of_images(path: Path) -> bool:
    """Tells whether a path is a folder with an image in it."""
    return path.is_dir() and any(is_image(each) for each in path.iterdir())


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _above(path: Path, folder: Path) -> str:
    """Returns the folder that a recording lies in, which datasets call by its subject."""
    return path.parent.name if path.parent != folder else ""


def _listed(folder: Path, rate: float | None) -> Iterator[Recording]:
    table = Table(folder / VIDEOS)
    table.require("video")
    listed = set[str]()
    for cells in table:
        name = cells.text("video")
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise cells.fail("video", name, "the name of a recording in this folder")
        if name in listed:
            raise cells.fail("video", f"{name} a second time", "each recording once")
        listed.add(name)
        at = folder / name
        beside = sorted(at.parent.iterdir()) if at.parent.is_dir() else []
        sources = [path for path in beside if is_video(path) and path.stem == at.name]
        sources += [at] if at.is_dir() else []
        if len(sources) != 1:
            raise cells.fail(
                "video", f"{name}, which is {len(sources)} files here", "one recording"
            )
        subject = cells.values["subject"].strip() if cells.has("subject") else ""
        yield Recording(name, sources[0], subject, _neutral(cells), rate)


def _neutral(cells: Cells) -> bool:
    """Reads whether a recording is known to hold no expression; nothing said is no."""
    said = cells.values["neutral"].strip().lower() if cells.has("neutral") else ""
    if said not in YES + NO:
        raise cells.fail("neutral", repr(said), "1 or 0")
    return said in YES


def read(recording: Recording, detector: Detector) -> Face:
    """Reads a recording and aligns its face, by the median of where it is first looked for.

    Raises:
      UserError: for a file that cannot be read, a recording without a face, or a folder of images
        whose rate is not known.
    """
    numbers, times = _timeline(recording)
    every = max(1, len(numbers) // FIRST_LOOKS)
    looks = [detector(image) for _, image in _images(recording, set(range(0, len(numbers), every)))]
    found = [points for points in looks if points is not None]
    if not found:
        raise UserError(
            f"{recording.source}: no face in any of {len(looks)} frames; expected one face that "
            "looks at the camera"
        )
    matrix = alignment.similarity(np.median(found, axis=0), SIZE)
    frames = np.empty((len(numbers), SIZE, SIZE), np.uint8)
    marks: list[np.ndarray | None] = [None] * len(numbers)
    last = -np.inf
    for at, image in _images(recording, set(range(len(numbers)))):
        frames[at] = alignment.warp(image, matrix, SIZE)
        if times[at] - last >= LOOK:
            marks[at], last = _marks(image, matrix, detector), times[at]
    if all(points is None for points in marks):
        marks[0] = alignment.map_points(matrix, np.median(found, axis=0))
    return Face(frames, fill_missing(marks, np.arange(len(marks))), times, numbers)


def _marks(image: np.ndarray, matrix: np.ndarray, detector: Detector) -> np.ndarray | None:
    """Returns landmarks [68, 2] px of the aligned image; they are found in one that is enlarged."""
    # The middle of pixel 0 is at (ENLARGED - 1)/2 of the enlarged image.
    enlarged = matrix * ENLARGED
    enlarged[:, 2] += (ENLARGED - 1) / 2
    points = detector(alignment.warp(image, enlarged, SIZE * ENLARGED))
    return None if points is None else (points - (ENLARGED - 1) / 2) / ENLARGED


def _timeline(recording: Recording) -> tuple[np.ndarray, np.ndarray]:
    """Returns the numbers and the times in s of all frames."""
    numbers = np.array(list(index_frames(recording.source)))
    if len(numbers) < 2:
        raise UserError(f"{recording.source} has {len(numbers)} frames; expected a recording")
    if not recording.source.is_file():
        if not recording.rate:
            raise UserError(
                f"{recording.source} is a folder of images, which do not say how fast they were "
                "taken: give --rate, frames a second"
            )
        return numbers, (numbers - numbers[0]) / recording.rate
    with decoding.opened(recording.source) as (container, stream):
        shown = [picture.time for picture in decoding.decode(container, stream)]
    if len(shown) != len(numbers) or any(when is None for when in shown):
        rate = recording.rate
        if not rate:
            raise UserError(f"{recording.source} does not say when its frames are: give --rate")
        return numbers, np.arange(len(numbers)) / rate
    times = np.array(shown, np.float64)
    if (np.diff(times) <= 0).any():
        raise UserError(f"{recording.source}: its frames' times do not ascend; convert it anew")
    return numbers, times - times[0]


def _images(recording: Recording, wanted: set[int]) -> Iterator[tuple[int, np.ndarray]]:
    """Yields (index, grey uint8 [H, W]) of the wanted frames, in order, one in memory at a time."""
    every = enumerate(index_frames(recording.source).values())
    chosen = [(at, frame) for at, frame in every if at in wanted]
    of_video = [frame for _, frame in chosen if isinstance(frame, VideoFrame)]
    if of_video:
        yield from zip((at for at, _ in chosen), read_frames(of_video), strict=True)
        return
    yield from ((at, read_grey(frame)) for at, frame in chosen if isinstance(frame, Path))
