import cv2
import numpy as np
import pytest

from data_builders.pixels import flow


@pytest.fixture(scope="module")
def texture():
    noise = np.random.default_rng(0).normal(size=(96, 96))
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.uint8(np.clip(128 + 45 * smooth / smooth.std(), 0, 255))


@pytest.mark.parametrize("method", flow.METHODS)
@pytest.mark.parametrize("shift", [(1.5, 0), (0, -1.0), (-2.0, 1.25)])
def test_translation_is_found_with_its_sign_and_size(texture, shift, method):
    """second(x + u, y + v) = first(x, y): a picture moved to the right has a positive u."""
    move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], float)
    moved = cv2.warpAffine(texture, move, texture.shape, borderMode=cv2.BORDER_REPLICATE)
    found = flow.METHODS[method].find(texture, moved)
    assert found.shape == (96, 96, 2) and found.dtype == np.float32
    inner = found[12:-12, 12:-12]
    np.testing.assert_allclose(inner.mean(axis=(0, 1)), shift, atol=0.1)
    assert np.linalg.norm(inner - np.float32(shift), axis=-1).mean() < 0.2


def test_only_dis_takes_a_change_of_light_for_none(texture):
    """On even skin: little texture, and 3 % more light."""
    still = np.uint8(np.round(150 + 0.1 * (texture.astype(float) - 128)))
    lit = np.uint8(np.round(1.03 * still))
    size = {name: np.abs(method.find(still, lit)).mean() for name, method in flow.METHODS.items()}
    assert size["dis"] < 0.1 * size["tvl1"]


def test_pairs_are_of_consecutive_samples_and_repeats_are_still(texture):
    frames = np.stack([np.roll(texture, k, axis=1) for k in range(3)])
    flows = flow.pair_flows(frames, np.array([0, 0, 2]))
    assert flows.shape == (2, 96, 96, 2) and flows.dtype == np.float16
    assert not flows[0].any()
    np.testing.assert_array_equal(flows[1], flow.tvl1(frames[0], frames[2]).astype(np.float16))
