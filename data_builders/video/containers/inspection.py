"""Which reader looks at the parts of a file."""

from collections.abc import Callable
from pathlib import Path

from data_builders.video.containers import asf, boxes, flv, matroska, program, riff, transport
from data_builders.video.containers.layout import Bytes, Layout

PADDING = 1 << 16  # bytes: what a disk or card allots at once
READERS: dict[str, Callable[[Bytes], Layout]] = {
    "avi": riff.read,
    "mov": boxes.read,
    "matroska": matroska.read,
    "asf": asf.read,
    "flv": flv.read,
    "mpeg": program.read,
}


def inspect(file: Path, kind: str, stream: int) -> Layout:
    """Looks at the parts of a file.

    Args:
      file: the video.
      kind: FFmpeg's name of its container; of one without lengths there is nothing to find.
      stream: the number of its video, as a transport stream has it.

    Raises:
      OSError: if the file cannot be read.
    """
    reader = READERS.get(kind.partition(",")[0])
    with Bytes(file) as data:
        if kind == "mpegts":
            found = transport.read(data, stream)
        else:
            found = reader(data) if reader is not None else Layout()
        if found.broken is not None and _is_padding(data, found.broken):
            found.broken = None
    return found


def _is_padding(data: Bytes, at: int) -> bool:
    """Whether the rest of a file is nothing, as of one that was saved from a memory card."""
    rest = data.size - at
    return at > 0 and rest <= PADDING and data(at, rest) == bytes(rest)
