"""Files of arrays that outlive a build: written whole or not at all, read only if undamaged."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.video.pictures import VideoFrame

HEADER = "header"
ATTEMPTS = 9

# Name, size in bytes, time of the last change in ns and inode: what tells a frame from another
# one, also from one of a clip whose folder now has this one's name.
Stamp = tuple[str, int, int, int]


def stamps(files: Iterable[Path | VideoFrame]) -> list[Stamp]:
    """The stamp of each frame; two of one video differ by their number, and by what it shows."""
    return [_stamp(file) for file in files]


def _stamp(frame: Path | VideoFrame) -> Stamp:
    if isinstance(frame, VideoFrame):
        name, size, changed, inode = _stamp(frame.file)
        return f"{name}#{frame.number}:{frame.picture}", size, changed, inode
    stat = frame.stat()
    return frame.name, stat.st_size, stat.st_mtime_ns, stat.st_ino


def file_name(clip: ClipAnnotation) -> str:
    """A file name for a clip: readable, safe whatever its names hold, and its own."""
    key = f"{clip.dataset}/{clip.key}"
    readable = re.sub(r"[^A-Za-z0-9-]+", "_", clip.key)[:80]
    # surrogateescape: names come from the disk, where they need not be UTF-8.
    digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{readable}-{digest[:12]}.npz"


def save(path: Path, scratch: Path, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
    """Writes JSON and arrays to `path`, which a kill leaves as it was or complete.

    Args:
      path: in a folder that is made if need be.
      scratch: folder on the same file system for the unfinished file.

    Raises:
      OSError: if it cannot be written.
    """
    text = np.frombuffer(json.dumps([sorted(arrays), header]).encode(), np.uint8)
    unfinished = scratch / f"{uuid.uuid4().hex}.npz"  # two builds may work on one clip
    with unfinished.open("xb") as file:
        np.savez_compressed(file, allow_pickle=False, **{HEADER: text}, **arrays)
    for attempt in range(ATTEMPTS):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.replace(path)
            return
        except FileNotFoundError:  # another build that is done has just cleared the folder
            if attempt == ATTEMPTS - 1:
                raise


def load(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
    """Reads what `save` wrote, None where there is nothing or it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        names, header = json.loads(arrays.pop(HEADER).tobytes())
        return (header, arrays) if names == sorted(arrays) else None
    except Exception:  # a damaged archive fails in as many ways as it has parts
        return None
