"""What the cutting found in all videos, split by split."""

import collections
import dataclasses
import hashlib
from typing import Any

from data_builders.affwild2 import layout
from data_builders.affwild2.cutting import Counts, Rule
from data_builders.affwild2.labels import Labels


class CutTally:
    """Running counts over the videos, of which `rule` says how they are cut."""

    def __init__(self, rule: Rule):
        self.rule = rule
        self._counts: dict[str, Counts] = collections.defaultdict(Counts)
        self._classes: collections.Counter[int] = collections.Counter()
        self._sources: dict[str, set[str]] = collections.defaultdict(set)
        self._digest = hashlib.sha256()

    def add(self, video: str, split: str, found: Labels, counts: Counts) -> None:
        """Counts one video."""
        self._counts[split].add(counts)
        self._classes[len(found.classes)] += 1
        self._sources[layout.source_video(video).lower()].add(split)
        self._digest.update(f"{split}/{video}/{len(found.values)}\n".encode())
        self._digest.update(found.values.tobytes())

    @property
    def _in_both(self) -> list[str]:
        return sorted(name for name, splits in self._sources.items() if len(splits) > 1)

    def as_metadata(self) -> dict[str, Any]:
        """The rule and the counts as JSON values."""
        return {
            **dataclasses.asdict(self.rule),
            "rule": str(self.rule),
            "splits": {split: dataclasses.asdict(c) for split, c in self._counts.items()},
            "videos_by_number_of_classes": {str(n): k for n, k in sorted(self._classes.items())},
            "source_videos": len(self._sources),
            "source_videos_in_both_splits": self._in_both,
            "labels_sha256": self._digest.hexdigest(),  # the annotation's hash is of names only
        }

    def as_notes(self) -> tuple[str, ...]:
        """The same in sentences."""
        total = Counts()
        for counts in self._counts.values():
            total.add(counts)
        kept = [
            f"{split} {counts.clips} of {counts.videos} videos"
            for split, counts in self._counts.items()
        ]
        notes = [
            f"cut by the rule: {self.rule}",
            f"clips by split: {', '.join(kept)}; {total.clips} of {total.possible} are kept",
            f"of {total.frames} labels {total.ignored} are -1, and {total.without_image} are of "
            f"frames without an image; {total.without_label} images have no label",
        ]
        if self._in_both:
            notes.append(f"recordings in both splits: {', '.join(self._in_both)}")
        return tuple(notes)
