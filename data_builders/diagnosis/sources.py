"""Other frames of the same clips below --source, as the crops that come with some datasets."""

import dataclasses
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from data_builders.casme2 import annotation as casme2
from data_builders.diagnosis import pixels
from data_builders.diagnosis.findings import Findings
from data_builders.diagnosis.folders import Folder, OnDisk, list_frames
from data_builders.pixels import faces, images
from data_builders.samm import annotation as samm
from data_builders.smic import layout as smic
from mol_jax.errors import UserError


def _casme2(name: str) -> bool:
    return casme2.tree_of(name) is not None


def _samm(name: str) -> bool:
    return name.lower() in map(str.lower, samm.FRAME_FOLDERS)


def _smic(name: str) -> bool:
    return name.lower() in map(str.lower, (smic.RAW, smic.CROPPED))


# Tells folders that archives unpack to. What lies below them names the clip, alike in all of them.
ARCHIVES: dict[str, Callable[[str], bool]] = {
    "casme2": _casme2,
    "synthetic": _casme2,
    "samm": _samm,
    "smic": _smic,
    "smic_vis": _smic,
    "smic_nir": _smic,
}


@dataclasses.dataclass(frozen=True)
class FrameSource:
    """Frames of the clips in one archive's folder: its path in --source, and what it holds."""

    place: str
    clips: tuple[OnDisk, ...]

    @property
    def frames(self) -> int:
        """Frames from onset to offset, of all clips."""
        return sum(len(one.files) for one in self.clips)


def find(name: str, source: Path, read: Sequence[OnDisk]) -> list[FrameSource]:
    """The folders with frames of these clips; the first is the one the builder reads.

    Args:
      name: the dataset.
      source: its raw folder.
      read: the clips, as the builder reads them.
    """
    if name not in ARCHIVES or not read:
        return []
    is_archive = ARCHIVES[name]
    mine: dict[str, list[OnDisk]] = {}
    own = ""
    for one in read:
        own, key = _split(one.clip.folder.relative_to(source), is_archive)
        mine.setdefault(key, []).append(one)
    others: dict[str, list[OnDisk]] = {}
    for folder, _, files in os.walk(source):
        place, key = _split(Path(folder).relative_to(source), is_archive)
        if place == own or key not in mine or not any(images.is_image(Path(f)) for f in files):
            continue
        try:
            opened = Folder.open(Path(folder))
        except UserError:  # it would stop a build that reads this folder, and none does
            continue
        for one in mine[key]:
            listed = list_frames(one.clip, opened)
            if listed.files:
                others.setdefault(place, []).append(listed)
    found = [FrameSource(place, tuple(clips)) for place, clips in sorted(others.items())]
    return [FrameSource(own, tuple(read)), *found]


def _split(path: Path, is_archive: Callable[[str], bool]) -> tuple[str, str]:
    """The path of the last archive's folder, and what lies below it, spelt in one way."""
    named = [index for index, part in enumerate(path.parts) if is_archive(part)]
    below = named[-1] + 1 if named else 0
    key = "/".join(path.parts[below:]).lower()
    return "/".join(path.parts[:below]) or ".", re.sub(r"(?<!\d)0+(?=\d)", "", key)


def report(
    found: Sequence[FrameSource],
    mine: pixels.Look,
    sample: Sequence[OnDisk],
    detector: faces.Detector,
    findings: Findings,
) -> None:
    """The section on frame sources, and which of them is best.

    Args:
      found: the sources, the builder's first.
      mine: what was seen in the sample of the builder's.
      sample: the sampled clips.
      detector: finds faces.
      findings: takes the lines.
    """
    keys = {one.clip.key for one in sample}
    looks = [mine]
    for source in found[1:]:
        looks.append(pixels.look([o for o in source.clips if o.clip.key in keys], detector))
    for index, (source, seen) in enumerate(zip(found, looks, strict=True)):
        sizes = [size for size, _ in seen.sizes.most_common(1)]
        facts = [f"{len(source.clips)} clips", f"{source.frames} frames"]
        facts += [f"a face in {seen.images - pixels.count(seen.missed)} of {seen.images} images"]
        facts += [f"{size} px" for size in sizes] + [f"{len(seen.damaged)} damaged"] * bool(
            seen.damaged
        )
        line = f"{source.place}: {', '.join(facts)}"
        findings.note(line + ("" if index else "; this is read"))
    best = max(range(len(found)), key=lambda k: (_worth(found[k], looks[k]), -k))
    if best == 0:
        findings.ok(f"{found[0].place} is read, and none of the others is better")
    else:
        findings.odd(
            f"{found[best].place} looks better: {found[0].place} is read as long as it is there, "
            "move it out of --source to build from the other"
        )


def _worth(source: FrameSource, seen: pixels.Look) -> tuple[int, float, int]:
    return len(source.clips), round(seen.found_rate, 1), source.frames
