"""Which picture of a video file each frame number shows.

Frame n is the n-th picture that a player shows, and the first is number 1. What an edit list hides
is not shown; the time between two pictures does not matter. An empty ("null") frame, which capture
programs write into AVI files for one they lost, counts and shows the picture before it.

A header's number of frames is not asked: it is estimated in many formats, and wrong after a trim.
"""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

from data_builders.video import decoding, scanning
from data_builders.video.containers.inspection import inspect
from data_builders.video.scanning import Scan
from mol_jax.errors import UserError
from mol_jax.text.words import counted

IMAGES = "ffmpeg -i {} -fps_mode passthrough img%06d.png"
AVI_IMAGES = "ffmpeg -i {} -vf fps=source_fps img%06d.png"  # repeats a picture for an empty frame
DELAY = 2  # empty frames that a codec with pictures out of order may begin with
UNCOUNTED = ("mpeg", "mpegts")  # containers in which nothing else tells of a lost frame
RARE = 0.1  # of all times between two pictures


@dataclasses.dataclass(frozen=True)
class Timeline:
    """The frames of one video.

    Attributes:
      shown: the picture, counted from 0, that each frame shows, the first being number 1.
      width, height: of a picture as it is shown, px.
      empty: how many of them are empty and repeat the picture before.
      gap: the frame before the longest time between two pictures, and that time in seconds, where
        the rate varies; else None.
    """

    shown: Sequence[int]
    width: int
    height: int
    empty: int = 0
    gap: tuple[int, float] | None = None


def measure(file: Path) -> Timeline:
    """Decodes a whole video to learn its frames.

    Raises:
      UserError: if it is no video, too large, cut short, or damaged anywhere: what is lost would
        shift the number of every later frame.
    """
    try:
        stat = file.stat()
        file.open("rb").close()
    except OSError as error:
        raise UserError(f"cannot read the video {file}: {error.strerror}") from error
    return _measure(file, stat.st_size, stat.st_mtime_ns)


@functools.cache  # a long recording may hold many clips, and a folder many recordings
def _measure(file: Path, size: int, changed: int) -> Timeline:
    """As `measure`; size and changed tell two files of one name apart."""
    scan = scanning.scan(file)
    layout = inspect(file, scan.kind, scan.stream)
    count = len(scan.times)
    if not count:
        raise decoding.unreadable(file, size)
    if layout.cut:
        raise _refused(file, scan, f"is cut short, it ends in or after frame {count}", "copy")
    if layout.broken is not None:
        count = min(count, sum(packet.place < layout.broken for packet in scan.packets))
    if scan.damaged or layout.broken is not None:
        what = f"is damaged near frame {count + 1}, and later frames may have wrong numbers"
        raise _refused(file, scan, what, "copy")
    if layout.counts is not None and len(scan.packets) not in layout.counts:
        what = f"holds more frames than the {len(scan.packets)} that can be read"
        raise _refused(file, scan, what, "copy")
    if layout.frames is not None:
        return _with_empty(file, scan, layout.frames)
    return _without_empty(file, scan)


def _without_empty(file: Path, scan: Scan) -> Timeline:
    count, gaps, steps = len(scan.times), scan.gaps, scan.steps
    if scan.lost and (scan.kind in UNCOUNTED or not scan.begins_late):
        what = (
            f"has {counted(scan.lost, 'frame')} that cannot be shown, as where its beginning was "
            "cut off, and programs count those differently"
        )
        raise _refused(file, scan, what)
    if gaps and scan.kind in UNCOUNTED and len(gaps) <= RARE * len(steps):
        what = f"has a gap in its time stamps after frame {gaps[0]}, where frames may be lost"
        raise _refused(file, scan, what)
    gap = (steps.index(max(steps)) + 1, max(steps) * scan.unit) if gaps else None
    return Timeline(range(count), *scan.size, gap=gap)


def _with_empty(file: Path, scan: Scan, frames: list[int]) -> Timeline:
    """The frames of an AVI file, whose time stamps count them, the empty ones too.

    Args:
      file: the video.
      scan: its pictures.
      frames: bytes of each frame as the container has them; an empty one has none.
    """
    count, filled = len(scan.times), [at for at, size in enumerate(frames) if size]
    empty = len(frames) - count
    if empty <= 0 or (scan.reordered and empty <= DELAY):
        return Timeline(range(count), *scan.size)
    if not frames[0]:
        what = f"begins with {counted(filled[0], 'empty frame')}, which programs count differently"
        raise _refused(file, scan, what)
    times = [time for time in scan.times if time is not None]
    at = {time - times[0]: picture for picture, time in enumerate(times)}
    if scan.reordered or len(at) != count or not at.keys() <= set(filled):
        what = f"has {counted(empty, 'empty frame')}, and its time stamps do not tell where"
        raise _refused(file, scan, what)
    shown = [0]
    for place in range(1, len(frames)):
        shown.append(at.get(place, shown[-1]))
    return Timeline(tuple(shown), *scan.size, empty=empty)


def _refused(file: Path, scan: Scan, what: str, way_out: str = "") -> UserError:
    """A refusal that says how to extract the frames that there are as images."""
    command = (AVI_IMAGES if scan.kind == "avi" else IMAGES).format(file.name)
    copy = "copy it again, or " if way_out == "copy" else ""
    return UserError(
        f"{file} {what}: {copy}extract its frames as images ({command}), see what they show and "
        "number the clips by those"
    )


def notes(timelines: Mapping[str, Timeline]) -> list[str]:
    """What a reader is to know about the frame numbers of the videos of a dataset, by name."""
    if not timelines:
        return []
    lines = [
        "frame n of a video is the n-th picture that a player shows, the first is 1; "
        f"images with the same numbers: {IMAGES.format('VIDEO')}, of an AVI file "
        f"{AVI_IMAGES.format('VIDEO')}"
    ]
    empty = {name: found.empty for name, found in timelines.items() if found.empty}
    if empty:
        name = next(iter(empty))
        lines.append(
            f"{counted(len(empty), 'video')} with empty frames, each of which counts and shows the "
            f"picture before it: such as {name}, {empty[name]} of them"
        )
    gaps = {name: found.gap for name, found in timelines.items() if found.gap}
    if gaps:
        name, (frame, seconds) = next(iter(gaps.items()))
        lines.append(
            f"{counted(len(gaps), 'video')} at a varying rate, whose frames are counted as "
            f"pictures and not by time: such as {name}, where frame {frame} is shown for "
            f"{seconds:.2f} s"
        )
    return lines
