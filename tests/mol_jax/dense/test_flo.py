"""Flow files: OpenCV reads what we write and the other way round; damage is one sentence."""

import struct

import cv2
import numpy as np
import pytest

from mol_jax.dense import flo
from mol_jax.errors import UserError

FLOW = np.random.default_rng(0).normal(0, 5, (64, 64, 2)).astype(np.float32)
WHOLE = flo.MAGIC + struct.pack("<ii", 64, 64) + FLOW.tobytes()


def test_opencv_writes_what_we_read_and_reads_what_we_write(tmp_path):
    wide = FLOW[:, :48].copy()  # rows and columns are told apart
    cv2.writeOpticalFlow(str(tmp_path / "theirs.flo"), wide)
    content = (tmp_path / "theirs.flo").read_bytes()
    np.testing.assert_array_equal(flo.read_flo(tmp_path, content), wide)
    flo.write_flo(tmp_path / "ours.flo", wide)
    np.testing.assert_array_equal(cv2.readOpticalFlow(str(tmp_path / "ours.flo")), wide)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_arrays_are_read_as_float32(tmp_path, dtype):
    np.save(tmp_path / "pair1.npy", FLOW.astype(dtype))
    flow = flo.read_flow(tmp_path / "pair1.npy", 64)
    assert flow.dtype == np.float32
    np.testing.assert_array_equal(flow, FLOW.astype(dtype).astype(np.float32))


def changed(value, at=(3, 4)):
    flow = FLOW.copy()
    flow[at] = value
    return flo.MAGIC + struct.pack("<ii", 64, 64) + flow.tobytes()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is no .flo file: it begins with b''"),
        (b"\x89PNG\r\n", "is no .flo file: it begins with"),
        (b"HEIP" + WHOLE[4:], "is big-endian"),
        (WHOLE[:9], "ends within its header"),
        (WHOLE[:-1], r"64 × 64 pixels, which takes 32780 bytes, and has 32779"),
        (WHOLE + b"\0", "takes 32780 bytes, and has 32781"),
        (WHOLE[:4] + struct.pack("<ii", -64, -64) + WHOLE[12:], "says -64 × -64 pixels"),
        (WHOLE[:4] + struct.pack("<ii", 2**30, 2**30) + WHOLE[12:], "says 1073741824 × 1073"),
        (WHOLE[:4] + struct.pack("<ii", 32, 128) + WHOLE[12:], r"shape \(128, 32, 2\), expected"),
        (changed(np.nan), "has no flow in 1 of 4096 pixels"),
        (changed(np.inf, at=3), "has no flow in 64 of 4096 pixels"),
        (changed(1.7e9), "marked unknown"),
    ],
)
def test_a_damaged_flo_file_is_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "pair1.flo"
    path.write_bytes(content)
    with pytest.raises(UserError, match=sentence):
        flo.read_flow(path, 64)


@pytest.mark.parametrize(
    ("array", "sentence"),
    [
        (FLOW.transpose(2, 0, 1), "move the axis of u and v to the end"),
        (FLOW[..., 0], r"of shape \(64, 64\), expected"),
        (FLOW[:63], r"of shape \(63, 64, 2\)"),
        (FLOW.astype(str), "expected an array of real numbers"),
        (FLOW.astype(np.complex64), "holds complex64"),
        (np.array([{"flow": 1}], dtype=object), "is no NumPy array .*write it with np.save"),
    ],
)
def test_another_array_is_one_sentence(tmp_path, array, sentence):
    np.save(tmp_path / "pair1.npy", array, allow_pickle=True)
    with pytest.raises(UserError, match=sentence):
        flo.read_flow(tmp_path / "pair1.npy", 64)


def test_what_is_no_array_at_all_is_one_sentence(tmp_path):
    path = tmp_path / "pair1.npy"
    for content in (b"", b"text", WHOLE):
        path.write_bytes(content)
        with pytest.raises(UserError, match="is no NumPy array"):
            flo.read_flow(path, 64)
    with path.open("wb") as file:
        np.savez(file, flow=FLOW)
    with pytest.raises(UserError, match="several arrays"):
        flo.read_flow(path, 64)
    with pytest.raises(UserError, match="could not be read"):
        flo.read_flow(tmp_path / "none.flo", 64)
