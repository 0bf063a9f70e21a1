"""Eq 11's warp: against a literal loop and OpenCV, and on generated clips with exact flow."""

import cv2
import numpy as np
import pytest

from data_builders.synthetic.drawing.clip import draw_clip, frame
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH, draw
from data_builders.synthetic.drawing.motion import grid
from mol_jax.dense import warp

RNG = np.random.default_rng(0)
SMOOTH = cv2.GaussianBlur(RNG.uniform(0, 255, (40, 40)).astype(np.float32), (0, 0), 3)


def literal(frame, flow, corner=0):
    """Eq 11 by four neighbours of every pixel, clamped to the frame."""
    height, width = flow.shape[:2]
    last, warped = frame.shape[0] - 1, np.empty((height, width))
    for y, x in np.ndindex(height, width):
        u, v = flow[y, x]
        px, py = np.clip([x + corner + u, y + corner + v], 0, last)
        left, top = int(px), int(py)
        right, bottom = min(left + 1, last), min(top + 1, last)
        a, b = px - left, py - top
        above = (1 - a) * frame[top, left] + a * frame[top, right]
        below = (1 - a) * frame[bottom, left] + a * frame[bottom, right]
        warped[y, x] = (1 - b) * above + b * below
    return warped


@pytest.mark.parametrize("corner", [0, 4])
def test_the_warp_is_the_literal_one(corner):
    flow = RNG.normal(0, 3, (32, 32, 2))
    warped = warp.warp(SMOOTH, flow, corner=corner)
    np.testing.assert_allclose(warped, literal(SMOOTH, flow, corner), atol=1e-9)
    assert np.abs(warped - warp.warp(SMOOTH, 0 * flow, corner=corner)).max() > 1


def test_opencv_agrees_up_to_its_rounding_to_a_32nd_of_a_pixel():
    flow = RNG.normal(0, 3, (40, 40, 2)).astype(np.float32)
    y, x = np.mgrid[:40, :40].astype(np.float32)
    other = cv2.remap(
        SMOOTH,
        x + flow[..., 0],
        y + flow[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    steepest = max(np.abs(np.diff(SMOOTH, axis=axis)).max() for axis in (0, 1))
    assert np.abs(warp.warp(SMOOTH, flow) - other).max() < 2 * steepest / 32


def test_a_whole_pixel_to_the_right_and_two_down_shift_the_picture():
    flow = np.broadcast_to(np.array([1.0, 2.0]), (40, 40, 2))
    np.testing.assert_allclose(warp.warp(SMOOTH, flow)[:-2, :-1], SMOOTH[2:, 1:], atol=1e-6)


def test_residuals_are_the_mean_of_every_pair():
    frames = RNG.integers(0, 256, (3, 40, 40), dtype=np.uint8)
    flow = RNG.normal(0, 1, (2, 32, 32, 2))
    expected = [
        np.abs(literal(frames[k + 1].astype(float), flow[k], 4) - frames[k, 4:36, 4:36]).mean()
        for k in (0, 1)
    ]
    np.testing.assert_allclose(warp.residuals(frames, flow, corner=4), expected, rtol=1e-9)


@pytest.fixture(scope="module")
def drawn():
    """Two generated clips of one face: onset and apex [2, H, W], and the exact flow between."""
    face, pairs = draw_face(draw(4)), []
    for seed, emotion in enumerate(("happiness", "surprise")):
        how = {"name": "EP01", "emotion": emotion, "amplitude": (2, 3), "frames": (8, 8)}
        clip = draw_clip(face, seed=(seed,), **how)
        frames = [cv2.cvtColor(frame(face, clip, k), cv2.COLOR_RGB2GRAY) for k in (0, clip.apex)]
        flow = clip.motion.flow(grid(WIDTH, HEIGHT), 0, clip.apex)
        pairs.append((np.stack(frames), flow))
    return pairs


def test_exact_flow_leaves_less_than_none_and_the_wrong_way_more(drawn):
    for frames, flow in drawn:
        exact, zero, reverse = (warp.residuals(frames, f[None])[0] for f in (flow, 0 * flow, -flow))
        assert exact < 0.9 * zero < 0.9 * 0.95 * reverse
        moves = np.linalg.norm(flow, axis=-1) > 1
        exact, zero = (warp.difference(*frames, f)[moves].mean() for f in (flow, 0 * flow))
        assert exact < 0.6 * zero


def test_half_of_the_motion_is_between_none_and_all(drawn):
    for frames, flow in drawn:
        left = [warp.residuals(frames, share * flow[None])[0] for share in (0, 0.5, 1)]
        assert left[0] > left[1] > left[2]
