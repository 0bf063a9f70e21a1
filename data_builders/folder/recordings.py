"""The videos and folders of frames that a table of labels speaks of."""

import collections
import dataclasses
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from data_builders.pixels.frames import index_frames
from data_builders.pixels.images import IMAGE_SUFFIXES, is_image
from data_builders.video import timeline
from data_builders.video.pictures import VIDEO_SUFFIXES, is_video
from mol_jax.errors import UserError

SHOWN = 200  # characters of a path, in an error


@dataclasses.dataclass(frozen=True)
class Recording:
    """A video or a folder of frames: where it lies, and the first and the last frame's number.

    `frames` says of a video what they show.
    """

    place: Path
    first: int
    last: int
    frames: timeline.Timeline | None = None


def find(source: Path, path: str) -> Recording:
    """The recording at a path inside `source`.

    Raises:
      UserError: if there is none, or it holds no frames.
    """
    if not path:
        raise UserError("the path is empty: name a video or a folder of frames")
    shown = repr(path if len(path) <= SHOWN else f"{path[:SHOWN]}…")
    if any(unicodedata.category(character) == "Cc" for character in path):
        raise UserError(f"the path is {shown}, expected a name without control characters")
    root = os.path.abspath(source)
    place = os.path.abspath(os.path.join(root, path))
    if not Path(place).is_relative_to(root):
        raise UserError(f"the path {shown} leads out of {source}: give one inside it")
    # A table typed on one system and files copied from another spell é in two ways.
    spellings = [unicodedata.normalize(form, place) for form in ("NFC", "NFD")]
    for spelt in (place, *spellings):
        if os.path.exists(spelt):
            return _measured(Path(spelt))
    raise UserError(f"there is no {shown} in {source}: paths begin there")


def _measured(place: Path) -> Recording:
    if not place.is_dir() and not (place.is_file() and is_video(place)):
        raise UserError(
            f"{place} is no video ({' '.join(VIDEO_SUFFIXES)}) and no folder of frames: name one, "
            f"or extract its frames as images ({timeline.IMAGES.format(place.name)})"
        )
    numbers = list(index_frames(place))
    if not numbers:
        raise UserError(
            f"{place} holds no numbered images ({' '.join(IMAGE_SUFFIXES)}), expected such as "
            f"img1.jpg{_held_instead(place)}"
        )
    frames = timeline.measure(place) if place.is_file() else None
    return Recording(place, numbers[0], numbers[-1], frames)


def _held_instead(place: Path) -> str:
    """What a folder without numbered images holds, by the endings of its files."""
    kinds = collections.Counter(f.suffix.lower() or f.name for f in place.iterdir() if f.is_file())
    held = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common(3))
    return f"; it holds {held}" if held else ""


def unannotated(source: Path, named: set[Path]) -> Iterator[str]:
    """Videos and folders of images that no line names, relative to `source`."""
    used = {os.path.normpath(place.absolute()) for place in named}
    for folder, below, files in os.walk(os.path.abspath(source)):
        below[:] = sorted(name for name in below if not name.startswith("."))
        recordings = [os.path.join(folder, name) for name in sorted(files) if is_video(Path(name))]
        if any(is_image(Path(name)) for name in files):
            recordings.append(folder)
        for place in recordings:
            if place not in used:
                yield os.path.relpath(place, source)
