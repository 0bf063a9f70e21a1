"""The sequence of flow images: each of its own pair, as fast as over the whole sample."""

import cv2
import numpy as np
import pytest

from data_builders.pixels.strain import optical_strain
from mol_jax.data import flow_sequence, inputs
from mol_jax.data.recorded import RecordedClip
from mol_jax.errors import UserError

FLOWS = np.random.default_rng(0).normal(size=(3, 72, 72, 2)).astype(np.float16)
RECORD = {"frame_numbers": np.arange(5), "apex": np.int64(2), "flow": FLOWS}


def made(flows: np.ndarray) -> np.ndarray:
    return inputs.begin(RECORD | {"flow": flows}, ("flow_sequence_4", "flow"))["flow_sequence_4"]


def test_each_image_is_that_of_its_pair_shrunk_by_area():
    found = made(FLOWS)
    for image, field in zip(found, FLOWS.astype(np.float32), strict=True):
        whole = 3 * np.dstack([field, optical_strain(field)])
        expected = cv2.resize(whole, (28, 28), interpolation=cv2.INTER_AREA)
        np.testing.assert_allclose(image, expected, atol=1e-4)


def test_a_pair_changes_its_own_image_and_no_other():
    other = FLOWS.copy()
    other[1] = 0
    same = made(other) == made(FLOWS)
    assert same[[0, 2]].all() and not same[1].any() and not made(other)[1].any()


def test_a_steady_motion_is_as_large_as_from_the_first_frame_to_the_last():
    for frames in (4, 8):
        steady = np.full((frames - 1, 72, 72, 2), 1 / (frames - 1), np.float16)
        clip = RecordedClip(np.arange(9), 4, flows=steady)
        found = flow_sequence.make(clip, frames=frames)
        np.testing.assert_allclose(found[..., :2], 1, rtol=1e-3)
        np.testing.assert_allclose(found[..., 2], 0, atol=1e-6)


def test_another_number_of_frames_is_refused():
    with pytest.raises(UserError, match=r"flow_sequence_8, .* the clips have 4"):
        flow_sequence.make(RecordedClip(np.arange(9), 4, flows=FLOWS), frames=8)
