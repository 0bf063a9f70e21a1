"""Counts of a build: what was made, missed, repeated and left out."""

import collections
import dataclasses
from typing import Any

from data_builders.annotations.annotation import SkippedClip
from data_builders.records.record import ClipResult
from mol_jax.errors import UserError


@dataclasses.dataclass
class Tally:
    """Running counts over the clips of a build.

    `frames` and `missed_frames` include skipped clips, so that a build in which whole clips have no
    face does not look well detected; `missed_clips` and `filled_frames`, which took landmarks from
    their neighbours, do not.
    """

    clips: int = 0
    frames: int = 0
    missed_frames: int = 0
    missed_clips: int = 0
    filled_frames: int = 0
    repeated_clips: int = 0
    absent_frames: int = 0
    subjects: set[str] = dataclasses.field(default_factory=set)
    emotions: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    several_faces: dict[str, int] = dataclasses.field(default_factory=dict)
    leaps: dict[str, int] = dataclasses.field(default_factory=dict)
    skipped: list[SkippedClip] = dataclasses.field(default_factory=list)

    def add(self, result: ClipResult) -> None:
        """Counts one clip."""
        self.frames += result.frames
        self.missed_frames += result.missed
        self.absent_frames += result.absent
        if result.skipped is not None:
            self.skipped.append(result.skipped)
        if result.example is None:
            return
        self.clips += 1
        self.missed_clips += result.missed > 0
        self.filled_frames += result.missed
        self.repeated_clips += result.example["repeated"] > 0
        if result.several:
            self.several_faces[result.annotation.key] = result.several
        if result.leaps:
            self.leaps[result.annotation.key] = result.leaps
        self.subjects.add(result.annotation.subject)
        self.emotions[result.annotation.emotion] += 1

    def check(self, max_missed: float) -> None:
        """Refuses a build without a clip, or with too many frames without a face.

        Raises:
          UserError: naming the rate, the limit and the skipped clips.
        """
        rate = self.missed_frames / max(self.frames, 1)
        if rate > max_missed:
            raise UserError(
                f"no face was found in {self.missed_frames} of {self.frames} frames "
                f"({100 * rate:.1f} %), more than the {100 * max_missed:g} % allowed: look at the "
                f"images{self._some_skipped()}, or raise --max_missed"
            )
        if not self.clips:
            raise UserError(
                "no clip could be built: give the folder that holds the annotation and its frames"
                + self._some_skipped()
            )

    def _some_skipped(self, most: int = 3) -> str:
        named = [f"{s.subject}/{s.clip}: {s.reason}" for s in self.skipped[:most]]
        more = len(self.skipped) - len(named)
        return f" ({'; '.join(named)}{f'; and {more} more' if more else ''})" if named else ""

    def as_metadata(self) -> dict[str, Any]:
        """The counts as JSON values."""
        return {
            "clips": self.clips,
            "subjects": len(self.subjects),
            "frames": self.frames,
            "missed_frames": self.missed_frames,
            "missed_clips": self.missed_clips,
            "filled_frames": self.filled_frames,
            "repeated_clips": self.repeated_clips,
            "absent_frames": self.absent_frames,
            "several_faces": self.several_faces,
            "leaps": self.leaps,
            "emotions": dict(sorted(self.emotions.items())),
            "skipped": [dataclasses.asdict(skipped) for skipped in self.skipped],
        }
