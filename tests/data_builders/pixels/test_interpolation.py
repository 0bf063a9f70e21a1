import numpy as np
import pytest

from data_builders.pixels.interpolation import interpolate, interpolate_points, tim_weights


def literal_tim(frames: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """TIM as its paper builds it: graph embedding, linear map, curve, and back; frames [d, n]."""
    n = frames.shape[1]
    mean = frames.mean(axis=1, keepdims=True)
    left, singular, right = np.linalg.svd(frames - mean, full_matrices=False)
    reduced = np.diag(singular[: n - 1]) @ right[: n - 1]
    path = np.diag(np.ones(n - 1), 1)
    path += path.T
    vectors = np.linalg.eigh(np.diag(path.sum(axis=0)) - path)[1][:, 1:]
    mapping = np.linalg.inv(reduced @ reduced.T) @ reduced @ vectors
    order = np.arange(1, n)
    phase = np.pi * (n - order) / (2 * n)
    amplitude = (reduced[:, 0] @ mapping) / np.sin(order * np.pi / n + phase)
    curve = np.sin(positions[:, None] * order * np.pi + phase) * amplitude
    return left[:, : n - 1] @ np.linalg.inv(mapping.T) @ curve.T + mean


@pytest.mark.parametrize(
    ("length", "frames"), [(5, 8), (11, 8), (40, 4), (2, 16), (7, 10), (35, 10)]
)
def test_weights_are_the_whole_of_tim(length, frames):
    images = np.random.default_rng(0).normal(size=(100, length))
    positions = np.linspace(1 / length, 1, frames)
    made = images @ tim_weights(np.arange(length), frames).T
    np.testing.assert_allclose(made, literal_tim(images, positions), atol=1e-9)


def test_as_many_frames_as_there_are_come_back_unchanged():
    images = np.random.default_rng(1).integers(0, 256, (9, 6, 5), np.uint8)
    np.testing.assert_array_equal(interpolate(images, np.arange(9), 9), images)


def test_one_frame_is_repeated():
    image = np.random.default_rng(2).integers(0, 256, (1, 6, 5), np.uint8)
    np.testing.assert_array_equal(interpolate(image, np.array([7]), 4), np.repeat(image, 4, axis=0))


def test_grey_levels_do_not_wrap_where_the_series_overshoots():
    images = np.repeat(np.uint8([0, 0, 0, 255, 255, 255]), 4).reshape(6, 2, 2)
    made = interpolate(images, np.arange(6), 16).astype(int)[:, 0, 0]
    weights = tim_weights(np.arange(6), 16)
    assert (weights @ images[:, 0, 0].astype(float)).max() > 256
    np.testing.assert_array_equal(made[[0, -1]], [0, 255])
    assert np.all(np.diff(made[4:12]) >= 0)


def test_points_follow_the_same_weights():
    points = np.random.default_rng(3).normal(size=(7, 68, 2)).astype(np.float32)
    made = interpolate_points(points, np.arange(7), 4)
    assert made.dtype == np.float32
    expected = np.tensordot(tim_weights(np.arange(7), 4), points, axes=1)
    np.testing.assert_allclose(made, expected, atol=1e-6)


def test_frames_are_evenly_spaced_in_time_where_some_are_absent():
    """Of 1 … 7 and 30, at 1, 10⅔, 20⅓ and 30: two of them lie in the gap from 7 to 30."""
    numbers = np.array([1, 2, 3, 4, 5, 6, 7, 30])
    weights = tim_weights(numbers, 4)
    nodes = np.array([0, 6 + (32 / 3 - 7) / 23, 6 + (61 / 3 - 7) / 23, 7])
    dense = tim_weights(np.arange(8), 7 * 1000 + 1)
    for row, node in zip(weights, nodes, strict=True):
        np.testing.assert_allclose(row, dense[round(1000 * node)], atol=2e-3)
