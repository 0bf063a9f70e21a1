"""What is found in a container, and the reading of it."""

import dataclasses
from pathlib import Path


@dataclasses.dataclass
class Layout:
    """The parts of a file.

    Attributes:
      cut: whether the file ends within a part.
      broken: the byte at which no part begins though one should, None where there is no such.
      frames: of AVI the bytes of each frame of its first video, 0 for an empty one; else None.
      counts: how many frames each stream has, of which the video is one; None where that is not
        told.
    """

    cut: bool = False
    broken: int | None = None
    frames: list[int] | None = None
    counts: set[int] | None = None


class Bytes:
    """A file, read a few bytes at a time."""

    def __init__(self, file: Path):
        self._file = file.open("rb", buffering=4096)
        self.size = file.stat().st_size

    def __call__(self, at: int, count: int) -> bytes:
        """Up to `count` bytes from byte `at` on."""
        self._file.seek(at)
        return self._file.read(count)

    def number(self, at: int, count: int, *, little: bool = False) -> int:
        """The number in `count` bytes from byte `at` on, the highest byte first, or last."""
        return int.from_bytes(self(at, count), "little" if little else "big")

    def __enter__(self) -> "Bytes":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
