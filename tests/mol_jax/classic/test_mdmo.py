"""MDMO's regions on a face, and the main direction of flows that are known."""

import itertools

import numpy as np
import pytest

from configs import default
from data_builders.synthetic.drawing.identity import average_face
from mol_jax.classic import mdmo, methods, regions
from mol_jax.data.landmarks import MIRROR

S = 144
FACE = average_face() * 70 + (38, 40)  # px of an aligned image


def cross(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def meet(a, b, c, d):
    """Tells whether two sides that share no corner cross."""
    return cross(a, b, c) * cross(a, b, d) < 0 and cross(c, d, a) * cross(c, d, b) < 0


def test_the_36_regions_are_simple_and_have_an_area():
    found = regions.quadrilaterals(FACE)
    assert found.shape == (36, 4, 2)
    for corners, names in zip(found, regions.CORNERS, strict=True):
        a, b, c, d = corners
        assert not meet(a, b, c, d) and not meet(b, c, d, a), names
        x, y = corners.T
        area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
        assert area > 8, names
    inside = regions.masks(FACE, S)
    assert inside.any((1, 2)).all() and inside.sum(0).max() <= 6  # at a common corner


def test_a_mirrored_face_has_the_mirrored_regions():
    mirrored = np.stack([S - 1 - FACE[:, 0], FACE[:, 1]], axis=-1)[MIRROR]
    back = regions.quadrilaterals(mirrored)
    back[..., 0] = S - 1 - back[..., 0]

    def as_sets(found):
        return {frozenset(map(tuple, np.round(corners, 6))) for corners in found}

    assert as_sets(back) == as_sets(regions.quadrilaterals(FACE))
    assert not np.allclose(back, regions.quadrilaterals(FACE)), "they change their places"


def test_brow_points_move_up_by_a_quarter_of_the_distance_of_the_eyes():
    first = regions.quadrilaterals(FACE)[0]  # 17 R17 R19 19
    eyes = FACE[42:48].mean(0) - FACE[36:42].mean(0)
    np.testing.assert_allclose(first[0] - first[1], [0, 0.25 * np.hypot(*eyes)])
    np.testing.assert_array_equal(first[[0, 3]], FACE[[17, 19]])


def moved(u, v):
    return np.broadcast_to(np.array([u, v], np.float32), (S, S, 2)).copy()


def test_a_region_has_the_mean_of_its_fullest_bin():
    """Fullest by pixels: the other direction is twenty times as far, in a quarter of them."""
    inside = regions.masks(FACE, S)
    flow = moved(1.0, 0.5)
    flow[:, ::4] = -20, -1
    distance, angle = mdmo.main_direction(flow, inside)
    np.testing.assert_allclose(distance, np.hypot(1, 0.5), rtol=1e-6)
    np.testing.assert_allclose(angle, np.arctan2(0.5, 1), rtol=1e-6)
    np.testing.assert_array_equal(mdmo.main_direction(moved(0, 0), inside), np.zeros((2, 36)))


def test_the_bin_to_the_left_has_no_mean_to_the_right():
    """180° is -180° there: half of each, the mean of their numbers would be 0."""
    flow = moved(-1.0, 0.0)
    flow[::2] = -1, -0.01
    _, angle = mdmo.main_direction(flow, regions.masks(FACE, S))
    np.testing.assert_allclose(angle, -np.pi, atol=0.011)


def test_a_clip_is_the_mean_over_its_frames_with_the_largest_distance_one():
    still, one, two = moved(0, 0), moved(0, 1), moved(0, 2)
    found = mdmo.of_flows([still, one, two], FACE)
    assert found.shape == (72,)
    np.testing.assert_allclose(found[:36], 0.8)
    np.testing.assert_allclose(found[36:], 0.2 * np.pi / 3)  # 0 of the still frame, twice 90°
    half = two.copy()
    half[70:] = 0, 1
    found = mdmo.of_flows([half], FACE)
    assert found[:36].max() == pytest.approx(0.8) and found[:36].min() == pytest.approx(0.4)
    np.testing.assert_array_equal(mdmo.of_flows([still], FACE), np.zeros(72))


def test_a_region_outside_of_the_image_is_zero_and_not_an_error():
    away = FACE + (0, 400)
    assert not regions.masks(away, S).any()
    np.testing.assert_array_equal(mdmo.of_flows([moved(1, 1)], away), np.zeros(72))


def test_flow_is_from_the_first_frame_to_each_of_the_others():
    rng = np.random.default_rng(0)
    wide = np.kron(rng.integers(0, 256, (20, 20)), np.ones((4, 4))).astype(np.uint8)
    frames = np.stack([wide[:72, 4 - shift : 76 - shift] for shift in (0, 1, 2)])
    found = mdmo.of_frames(frames, FACE / 2, flow="dis")
    assert np.median(np.abs(found[36:])) < 0.05  # to the right
    assert not np.array_equal(found, mdmo.of_frames(frames, FACE / 2, flow="tvl1"))
    clips = {"tim_frames": frames[None], "onset_landmarks": FACE[None] / 2}
    for flow in ("dis", "tvl1"):
        config = default.get_config("mdmo")
        config.model.flow = flow
        (asked,) = methods.main_direction(config, 3).features(clips)
        np.testing.assert_array_equal(asked, mdmo.of_frames(frames, FACE / 2, flow=flow))
    flows = [mdmo.METHODS["dis"].find(frames[0], later) for later in frames[1:]]
    for order in itertools.permutations(flows):
        np.testing.assert_allclose(mdmo.of_flows(list(order), FACE / 2), found)
