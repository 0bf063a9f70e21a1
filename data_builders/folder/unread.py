"""Files beside the recordings that are of no kind that is read, so that none is passed over."""

import collections
import os
from collections.abc import Iterator
from pathlib import Path

from data_builders.pixels.images import IMAGE_SUFFIXES, is_image
from data_builders.video.pictures import VIDEO_SUFFIXES, is_video

# What lies beside recordings and is not meant for one.
BESIDE = (".csv", ".tsv", ".txt", ".md", ".json", ".xlsx", ".ods", ".pdf", ".log", ".ini", ".db")


def not_read(source: Path) -> Iterator[str]:
    """A sentence that names the files of kinds that are not read, if there are any."""
    found: dict[str, list[str]] = collections.defaultdict(list)
    root = os.path.abspath(source)
    for folder, below, files in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith("."))
        shown = (Path(folder, name) for name in sorted(files) if not name.startswith("."))
        for file in (file for file in shown if not is_video(file) and not is_image(file)):
            found[file.suffix.lower()].append(os.path.relpath(file, root))
    kinds = [
        f"{len(names)} {kind or 'without an ending'}, such as {names[0]}"
        for kind, names in sorted(found.items())
        if kind not in BESIDE
    ]
    if kinds:
        yield (
            f"files of kinds that are not read: {'; '.join(kinds)}; videos are "
            f"{' '.join(VIDEO_SUFFIXES)}, images {' '.join(IMAGE_SUFFIXES)}"
        )
