"""Writes long videos: lossless video files, their intervals, what is exactly known of each."""

import dataclasses
import io
import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.disk.processes import default_workers
from data_builders.synthetic.long.events import MACRO, MICRO, Event, Mix
from data_builders.synthetic.long.filming import Plan, plan
from data_builders.synthetic.whole import place, refuse_filled, whole
from data_builders.synthetic.writing import in_order
from mol_jax.errors import UserError
from mol_jax.files.whole import write_bytes, write_table

VERSION = 1  # of what is drawn: the same arguments and version give the same videos
INTERVALS = "intervals.csv"
VIDEOS = "videos.csv"
HEADER = ("video", "subject", "kind", "onset", "apex", "offset", "true", "aus")
SHORTEST = 2.0  # s: one micro-expression and a rest about it
LIMITS = (
    ("videos", 0, 10_000),
    ("neutral", 0, 10_000),
    ("seconds", SHORTEST, 600.0),
    ("rate", 15.0, 240.0),
    ("size", 96, 576),
    ("seed", 0, 2**32 - 1),
)


@dataclasses.dataclass(frozen=True)
class Set:
    """A set of long videos. videos: with expressions; neutral: more videos, without any.

    seconds: of each. rate: frames a second. size: side of a frame, px. Every video is of another
    person. Raises UserError for an argument out of range.
    """

    videos: int = 10
    neutral: int = 2
    seconds: float = 20.0
    rate: float = 30.0
    size: int = 192
    seed: int = 0
    mix: Mix = dataclasses.field(default_factory=Mix)

    def __post_init__(self) -> None:
        for name, low, high in LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise UserError(f"{name} is {value:g}; it must be from {low:g} to {high:g}.")
        if not self.videos + self.neutral:
            raise UserError("videos and neutral are 0; one of them must be 1 or more.")

    def __len__(self) -> int:
        return self.videos + self.neutral

    def plan(self, number: int) -> Plan:
        """Returns a video: those with expressions come first."""
        neutral = number >= self.videos
        mix = self.mix.neutral() if neutral else self.mix
        return plan(
            self.seed, number, seconds=self.seconds, rate=self.rate, size=self.size, mix=mix,
            neutral=neutral,
        )  # fmt: skip


def generate(out: str | Path, made: Set, *, workers: int | None = None) -> Path:
    """Writes a set of long videos; returns its folder, which must not exist or be empty.

    It holds `videos.csv`, `intervals.csv` (frames, the first of a video being 1, both ends inside),
    and of each video NAME.mkv (FFV1, lossless, grey) and NAME.npz: times [n] s, landmarks
    [n, 68, 2] px, units [A], levels [n, A] brow spans, blink [n], drift [n, 6], light [n]. A video
    depends on the seed, its number and whether it is neutral, and not on the number of workers. The
    neutral ones come last: with another number of the others they are other videos.

    Raises:
      UserError: for a folder that cannot be written.
    """
    folder = place(out)
    refuse_filled(folder)
    with whole(folder) as tree:
        jobs = [(tree, made, number) for number in range(len(made))]
        rows = list(in_order(_write, jobs, workers=workers or default_workers()))
        write_table(tree / INTERVALS, HEADER, (line for lines, _ in rows for line in lines))
        columns = ("video", "subject", "neutral", "frames", "rate", "seconds")
        write_table(tree / VIDEOS, columns, (line for _, line in rows))
        marker: dict[str, Any] = {"generator": "data_builders.synthetic.long", "version": VERSION}
        marker |= {"layout": "long", **dataclasses.asdict(made)}
        (tree / GENERATED_MARKER).write_text(json.dumps(marker, indent=2) + "\n")
    return folder


def name_of(number: int) -> str:
    """Returns the name of a video of a set."""
    return f"long_{number + 1:04d}"


def lines_of(video: Plan) -> Iterator[list[Any]]:
    """Yields the rows of `intervals.csv` of a video: its expressions."""
    times = video.course.times
    for event in video.events:
        if event.kind in (MICRO, MACRO):
            yield [
                name_of(video.number), subject_of(video.number), event.kind,
                *nearest(times, event), event.emotion, "+".join(map(str, event.strengths)),
            ]  # fmt: skip


def subject_of(number: int) -> str:
    """Returns who is in a video: nobody is in two of a set."""
    return f"p{number + 1:04d}"


def nearest(times: np.ndarray, event: Event) -> tuple[int, int, int]:
    """Returns the numbers of the frames nearest to onset, apex and offset, from 1 on."""
    onset, apex, offset = (
        int(np.abs(times - when).argmin()) + 1 for when in (event.onset, event.apex, event.offset)
    )
    return onset, apex, offset


def _write(job: tuple[Path, Set, int]) -> tuple[list[list[Any]], list[Any]]:
    """Writes one video and what is known of it; returns its rows of the two tables."""
    tree, made, number = job
    video, name = made.plan(number), name_of(number)
    write_lossless(tree / f"{name}.mkv", video.frames(), made.rate, made.size)
    course, buffer = video.course, io.BytesIO()
    np.savez_compressed(
        buffer,
        times=course.times,
        landmarks=video.landmarks,
        units=np.array(course.units, np.int64),
        levels=(course.levels * course.peaks).astype(np.float32),
        blink=course.blink.astype(np.float32),
        drift=course.drift.astype(np.float32),
        light=course.light.astype(np.float32),
    )
    write_bytes(tree / f"{name}.npz", buffer.getvalue())
    count = len(course.times)
    row = [name, subject_of(number), int(video.neutral), count, made.rate, count / made.rate]
    return list(lines_of(video)), row


def write_lossless(path: Path, frames: Iterable[np.ndarray], rate: float, size: int) -> None:
    """Writes grey frames uint8 [S, S] as a video that keeps every pixel (FFV1 in Matroska)."""
    import av  # noqa: PLC0415 - 0.1 s that only videos need

    with av.open(str(path), "w", format="matroska") as container:
        stream: Any = container.add_stream("ffv1", rate=Fraction(rate).limit_denominator(1000))
        stream.width = stream.height = size
        stream.pix_fmt = "gray"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="gray")))
        container.mux(stream.encode())
