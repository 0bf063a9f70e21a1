"""Flow files of others: Middlebury's .flo, and NumPy arrays, each checked to the last number.

A .flo file is the float 202021.25, the width and the height as int32, then (u, v) of each pixel as
float32, row by row, all little-endian (Baker et al., "A Database and Evaluation Methodology for
Optical Flow", 2011).
"""

import io
import struct
from pathlib import Path

import numpy as np

from mol_jax.errors import UserError
from mol_jax.files.whole import write_bytes

MAGIC = struct.pack("<f", 202021.25)  # b"PIEH"
UNKNOWN = 1e9  # Middlebury marks pixels without flow by larger numbers
SUFFIXES = (".flo", ".npy")


def read_flow(path: Path, size: int) -> np.ndarray:
    """Reads a .flo or .npy file: float32 [size, size, 2], (u, v) px.

    Raises UserError where it is damaged, of another size, or not a number in every pixel.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} could not be read ({error.strerror}): check the path.") from None
    flow = read_flo(path, content) if path.suffix == ".flo" else _read_npy(path, content)
    if flow.shape != (size, size, 2):
        hint = "; move the axis of u and v to the end" if flow.shape == (2, size, size) else ""
        raise UserError(
            f"{path} is of shape {flow.shape}, expected ({size}, {size}, 2), the (u, v) of every "
            f"pixel of the exported crops{hint}."
        )
    flow = flow.astype(np.float32)
    wrong = ~(np.abs(flow) < UNKNOWN).all(-1)  # nan is not smaller either
    if wrong.any():
        raise UserError(
            f"{path} has no flow in {wrong.sum()} of {wrong.size} pixels (nan, infinite or marked "
            "unknown); every pixel of a pair is scored, so give a number for each."
        )
    return flow


def read_flo(path: Path, content: bytes) -> np.ndarray:
    """Returns the flow [height, width, 2] of a .flo file's content; path is for the sentence."""
    if content[:4] == MAGIC[::-1]:
        raise UserError(f"{path} is big-endian; write .flo files with little-endian numbers.")
    if content[:4] != MAGIC:
        raise UserError(
            f"{path} is no .flo file: it begins with {content[:4]!r}, expected {MAGIC!r} "
            "(the float 202021.25, little-endian)."
        )
    if len(content) < 12:
        raise UserError(f"{path} ends within its header of 12 bytes: was it cut short?")
    width, height = struct.unpack("<ii", content[4:12])
    expected = 12 + 8 * width * height
    if width < 1 or height < 1 or len(content) != expected:
        raise UserError(
            f"{path} says {width} × {height} pixels, which takes {expected} bytes, and has "
            f"{len(content)}: was it cut short, or written as something else?"
        )
    return np.frombuffer(content, "<f4", offset=12).reshape(height, width, 2)


def write_flo(path: Path, flow: np.ndarray) -> None:
    """Writes flow [H, W, 2] as a .flo file."""
    height, width = flow.shape[:2]
    head = MAGIC + struct.pack("<ii", width, height)
    write_bytes(path, head + np.ascontiguousarray(flow, "<f4").tobytes())


def _read_npy(path: Path, content: bytes) -> np.ndarray:
    try:
        flow = np.load(io.BytesIO(content), allow_pickle=False)
    except Exception as error:  # a damaged file fails in several ways
        reason = str(error).strip().partition("\n")[0][:120]
        raise UserError(f"{path} is no NumPy array ({reason}): write it with np.save.") from None
    if not isinstance(flow, np.ndarray) or flow.dtype.kind not in "fiu":
        kind = getattr(flow, "dtype", "several arrays")
        raise UserError(f"{path} holds {kind}, expected an array of real numbers.")
    return flow
