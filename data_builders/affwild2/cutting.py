"""Clips out of a labelled video: which frames they are, by one rule for all videos.

A run is a stretch of frames that follow each other in the label file and have one label, not -1. It
begins and ends with a frame that has an image; more than `gap` frames in a row without one end it.
In a run the first frame begins a clip, and every `stride`-th after it, as far as `length` frames
fit. Of the clips of one label in one video at most `most` are kept, evenly spaced from the first to
the last: they are alike, and all of them would fill disks.
"""

import collections
import dataclasses
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from data_builders.affwild2.labels import IGNORED, Labels
from mol_jax.errors import UserError


@dataclasses.dataclass(frozen=True)
class Rule:
    """How videos are cut.

    Attributes:
      length: frames of a clip.
      stride: frames from the beginning of a clip to that of the next in a run.
      gap: how many frames in a row may lack an image within a run.
      most: clips of one label in one video.
    """

    length: int = 16
    stride: int = 32
    gap: int = 1
    most: int = 4

    def __post_init__(self):
        least = {"length": 2, "stride": 1, "gap": 0, "most": 1}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise UserError(f"{name} is {getattr(self, name)}, expected at least {low}")

    def __str__(self) -> str:
        return (
            f"{self.length} frames of one label other than {IGNORED}, a clip every {self.stride} "
            f"frames, at most {self.gap} in a row without an image, at most {self.most} clips of "
            "one label in one video"
        )


@dataclasses.dataclass(frozen=True)
class Clip:
    """One clip: its class, and the numbers of its first and last frame."""

    label: str
    first: int
    last: int


@dataclasses.dataclass
class Counts:
    """What was there and what was left out, of one video or of many together.

    Attributes:
      videos: how many.
      frames: labels, one per video frame.
      ignored: labels that are -1.
      without_image: other labels, of frames without an image.
      without_label: images past the last label, or numbered 0.
      short_runs: runs shorter than a clip.
      possible: clips that the runs hold.
      clips: how many of them are kept.
    """

    videos: int = 0
    frames: int = 0
    ignored: int = 0
    without_image: int = 0
    without_label: int = 0
    short_runs: int = 0
    possible: int = 0
    clips: int = 0

    def add(self, other: "Counts") -> None:
        """Adds those of other videos."""
        for name, value in dataclasses.asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


def cut(labels: Labels, numbers: Collection[int], rule: Rule) -> tuple[list[Clip], Counts]:
    """Cuts one video.

    Args:
      labels: of frames 1 to n.
      numbers: of the frames that have an image, each once.
      rule: how.

    Returns:
      The clips in the order of their frames, and what was counted.
    """
    values, on_disk = labels.values, np.fromiter(numbers, np.int64, len(numbers))
    labelled = on_disk[(on_disk >= 1) & (on_disk <= len(values))]
    present: np.ndarray = np.zeros(len(values), bool)
    present[labelled - 1] = True
    counts = Counts(videos=1, frames=len(values), ignored=int((values == IGNORED).sum()))
    counts.without_image = int((~present & (values != IGNORED)).sum())
    counts.without_label = len(on_disk) - len(labelled)

    possible: dict[str, list[Clip]] = collections.defaultdict(list)
    for first, last in runs(values, present, rule.gap):
        counts.short_runs += last - first + 1 < rule.length
        label = labels.classes[values[first - 1]]
        starts = range(first, last - rule.length + 2, rule.stride)
        possible[label] += [Clip(label, start, start + rule.length - 1) for start in starts]
    kept = [clip for clips in possible.values() for clip in spread(clips, rule.most)]
    counts.possible, counts.clips = sum(map(len, possible.values())), len(kept)
    return sorted(kept, key=lambda clip: clip.first), counts


def runs(values: np.ndarray, present: np.ndarray, gap: int) -> Iterator[tuple[int, int]]:
    """Numbers of the first and the last frame of each run.

    Args:
      values: [n] labels of frames 1 to n.
      present: bool [n], which have an image.
      gap: how many in a row may have none.
    """
    numbers = np.flatnonzero(present & (values != IGNORED))
    if not len(numbers):
        return
    # Another label ends a run even where the frame that has it lacks an image.
    stretch = np.concatenate([[0], np.cumsum(np.diff(values) != 0)])[numbers]
    ends = np.flatnonzero((np.diff(numbers) > gap + 1) | (np.diff(stretch) != 0))
    for part in np.split(numbers, ends + 1):
        yield int(part[0]) + 1, int(part[-1]) + 1


def spread(clips: Sequence[Clip], most: int) -> list[Clip]:
    """`most` of the clips, evenly spaced: the same ones every time."""
    places = np.linspace(0, len(clips) - 1, min(most, len(clips))).round().astype(int)
    return [clips[place] for place in places]
