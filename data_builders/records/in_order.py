"""Records written in the order they are made, without TensorFlow and without holding them all."""

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from tensorflow_datasets.core import shuffle


class InOrder:
    """Stands in for TFDS's Shuffler, of which it has what a writer uses.

    TFDS holds a gigabyte of records in memory, then puts them into files through TensorFlow, which
    is not installed, and reads all of them back at the end to sort them. They are sorted already:
    this appends each to one file and reads them back one by one.
    """

    def __init__(self, dirpath: str | Path, *_: object, **__: object):
        self._path = Path(dirpath) / f"records-{uuid.uuid4().hex}.tmp"
        self._lengths: list[int] = []
        self._file = self._path.open("xb+")

    @property
    def size(self) -> int:
        """Bytes of all records."""
        return sum(self._lengths)

    @property
    def num_examples(self) -> int:
        """How many there are."""
        return len(self._lengths)

    @property
    def bucket_lengths(self) -> list[int]:
        """Of the one bucket there is."""
        return [len(self._lengths)]

    def add(self, key: int, data: bytes) -> bool:
        """Appends a record; TFDS's own returns whether its key is new."""
        self._file.write(data)
        self._lengths.append(len(data))
        return True

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        with self._file:
            self._file.seek(0)
            for key, length in enumerate(self._lengths):
                yield key, self._file.read(length)
        self._path.unlink()


@contextlib.contextmanager
def in_order() -> Iterator[None]:
    """Makes TFDS write what it is given in the order it is given."""
    with mock.patch.object(shuffle, "Shuffler", InOrder):
        yield
