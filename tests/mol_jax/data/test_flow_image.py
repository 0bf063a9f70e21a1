"""Flow images: shrunk by area, strained by no rotation, mirrored like the clip."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from data_builders.pixels import flow
from mol_jax.data import flow_image
from mol_jax.data.recipe import RECIPES
from mol_jax.data.recorded import RecordedClip
from mol_jax.data.svm_features import Pair, flow_of
from mol_jax.settings.kind import SIDES

NAMES = [f"flow_image_{side}" for side in SIDES]
FIELD = np.random.default_rng(0).normal(size=(144, 144, 2)).astype(np.float16)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("size", [72, 144])
def test_it_is_shrunk_by_area_as_opencv_does(side, size):
    image = np.random.default_rng(1).normal(size=(size, size, 3)).astype(np.float32)
    expected = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(flow_image.shrunk(image, side), expected, atol=1e-5)


def test_a_smaller_image_keeps_its_values_and_its_mean():
    image = np.arange(16.0).reshape(4, 4, 1)
    large = flow_image.shrunk(image, 6)
    assert large.shape == (6, 6, 1) and large.mean() == pytest.approx(image.mean())
    assert large[0, 0, 0] == 0 and large[-1, -1, 0] == 15


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_makes_its_shape_of_the_records_own_flow(name):
    made = RECIPES[name].make(RecordedClip(np.arange(9), 4, flow=FIELD))
    assert made.shape == RECIPES[name].shape(144) and made.dtype == np.float32
    np.testing.assert_array_equal(made, flow_image.of_flow(FIELD, side=made.shape[0]))
    np.testing.assert_allclose(made.mean((0, 1))[:2], FIELD.mean((0, 1), np.float64), atol=1e-6)


def test_without_a_flow_of_its_own_it_is_tvl1_from_onset_to_apex():
    rng = np.random.default_rng(2)
    onset = cv2.GaussianBlur(rng.integers(0, 256, (72, 72)).astype(np.float32), (0, 0), 3)
    onset = cv2.normalize(onset, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    frames = np.stack([onset, np.roll(onset, 1, axis=1)])
    own = flow_of(Pair(frames, None, Path("nowhere")))
    made = flow_image.make(RecordedClip(np.arange(2), 1, flow=own), side=28)
    field = flow.pair_flows(frames, np.arange(2))[0]
    np.testing.assert_array_equal(made, flow_image.of_flow(field, side=28))
    assert np.median(made[..., 0]) == pytest.approx(1, abs=0.2)  # px to the right


def test_a_rotation_and_a_shift_strain_nothing_and_a_stretch_does():
    y, x = np.mgrid[:144, :144] - 71.5
    for u, v, strain in ((-0.01 * y, 0.01 * x, 0), (0 * x + 3, 0 * x, 0), (0.01 * x, 0 * x, 0.01)):
        image = flow_image.of_flow(np.stack([u, v], axis=-1), side=28)
        np.testing.assert_allclose(image[..., 2], strain, atol=1e-6)


def test_the_mirror_of_an_image_is_the_image_of_the_mirrored_flow():
    mirrored = np.stack([-FIELD[:, ::-1, 0], FIELD[:, ::-1, 1]], axis=-1)
    image = flow_image.of_flow(FIELD, side=28)
    expected = flow_image.of_flow(mirrored, side=28)
    np.testing.assert_allclose(flow_image.mirror(image), expected, atol=1e-6)
    np.testing.assert_array_equal(flow_image.mirror(flow_image.mirror(image)), image)
    assert np.abs(expected - image).max() > 0.1
