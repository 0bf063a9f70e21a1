"""The label file of one video: a header of class names, then one integer per video frame."""

import dataclasses
from pathlib import Path

import numpy as np

from data_builders.affwild2.classes import EIGHT, SEVEN
from mol_jax.errors import UserError

IGNORED = -1  # frames that the annotators gave no expression
LARGEST = 5_000_000  # bytes: half a day of video has less
_BOM = b"\xef\xbb\xbf"


@dataclasses.dataclass(frozen=True)
class Labels:
    """What a label file says.

    Attributes:
      classes: `SEVEN` or `EIGHT`, in the order of the numbers.
      values: int8 [n], of frame k at k - 1: an index of `classes`, or `IGNORED`.
    """

    classes: tuple[str, ...]
    values: np.ndarray


def read(file: Path) -> Labels:
    """The labels in a file; empty lines at its end do not matter.

    Raises:
      UserError: for a file that cannot be read, another header, or a line that is no label, which
        puts all lines after it in doubt.
    """
    try:
        size = file.stat().st_size
        data = file.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise UserError(f"cannot read {file} ({error.strerror or error}): check it") from error
    if size > LARGEST:
        raise UserError(f"{file} has {size / 1e6:.0f} MB, more than the labels of any video")
    head, *lines = _lines(data)
    classes = _classes(head)
    if classes is None:
        raise UserError(
            f"{file}, line 1 is {_shown(head, 100)!r}, expected {','.join(SEVEN).title()} and in "
            "later releases Other: is this the expression track?"
        )
    if not lines:
        raise UserError(f"{file} ends after line 1, expected a label for every frame: get it again")
    numbers = {str(number).encode(): number for number in (IGNORED, *range(len(classes)))}
    values = [numbers.get(line.strip()) for line in lines]
    if None in values:
        wrong = values.index(None)
        raise UserError(
            f"{file}, line {wrong + 2} is {_shown(lines[wrong])!r}, expected an integer from "
            f"{IGNORED} to {len(classes) - 1}: get the file again"
        )
    return Labels(classes, np.array(values, np.int8))


def _lines(data: bytes) -> list[bytes]:
    plain = data.removeprefix(_BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return plain.rstrip().split(b"\n")


def _classes(head: bytes) -> tuple[str, ...] | None:
    names = tuple(name.strip().lower() for name in _shown(head, 200).split(","))
    return {SEVEN: SEVEN, EIGHT: EIGHT}.get(names)


def _shown(line: bytes, most: int = 40) -> str:
    return line[:most].decode("ascii", "replace").strip()
