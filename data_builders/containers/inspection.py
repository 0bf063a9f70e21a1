"""Which reader looks at the parts of a file."""

from collections.abc import Callable
from pathlib import Path

from data_builders.containers import asf, boxes, flv, matroska, program, riff, transport
from data_builders.containers.layout import Bytes, Layout

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
    if kind == "mpegts":
        with Bytes(file) as data:
            return transport.read(data, stream)
    reader = READERS.get(kind.partition(",")[0])
    if reader is None:
        return Layout()
    with Bytes(file) as data:
        return reader(data)
