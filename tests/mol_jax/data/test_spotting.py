"""Spotters find the largest motion where there is one, and nothing where nothing moves."""

import itertools

import cv2
import numpy as np
import pytest

from data_builders.pixels import flow
from mol_jax.data import spotting

SIDE = 48
FACE = np.stack([24 + 16 * np.cos(np.arange(68)), 24 + 16 * np.sin(np.arange(68))], axis=-1)
SPOTTED = [spotting.by_flow, spotting.by_frequency]


def clip(levels, *, amplitude=3.0, seed=0) -> np.ndarray:
    """Returns grey frames of a texture of which the middle is pushed by so many of `amplitude`."""
    rng = np.random.default_rng(seed)
    texture = cv2.GaussianBlur(rng.normal(size=(SIDE, SIDE)).astype(np.float32), (0, 0), 1.5)
    texture = np.float32(128) + 40 * texture / texture.std()
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    bump = np.exp(-((x - 24) ** 2 + (y - 24) ** 2) / 2 / 8**2)
    maps = [np.float32(x - amplitude * a * bump) for a in levels]
    shown = [cv2.remap(texture, moved, y, cv2.INTER_CUBIC) for moved in maps]
    return np.clip(np.round(shown), 0, 255).astype(np.uint8)


def landmarks(frames: np.ndarray) -> np.ndarray:
    return np.repeat(FACE[None], len(frames), axis=0)


def rise_and_fall(count: int, apex: int, half: int) -> np.ndarray:
    """Returns levels that rise from 0 `half` frames before the apex, and are 0 as long after it."""
    away = np.minimum(np.abs(np.arange(count) - apex) / half, 1)
    return 0.5 + 0.5 * np.cos(np.pi * away)


@pytest.mark.parametrize(("count", "apex"), [(16, 6), pytest.param(15, 10, marks=pytest.mark.slow)])
def test_flow_spots_a_generated_apex(count, apex):
    frames = clip(rise_and_fall(count, apex, apex))
    assert abs(spotting.by_flow(frames, landmarks(frames)) - apex) <= count / 10


@pytest.mark.parametrize(("count", "apex"), [(40, 12), (40, 27), (45, 20)])
def test_frequency_spots_a_generated_apex(count, apex):
    """Of a motion that is over within a window, to half of one: a slow one has most where it is
    fastest, which is on either side of its apex.
    """
    frames = clip(rise_and_fall(count, apex, 4))
    assert abs(spotting.by_frequency(frames, landmarks(frames)) - apex) <= count / 10


def test_the_flow_is_that_inside_the_face():
    frames = clip(rise_and_fall(8, 5, 5))
    frames[2, :, 42:] = np.roll(frames[2, :, 42:], 4, axis=0)  # outside, and more
    inside = np.hypot(*np.mgrid[-24:24, -24:24]) <= 16
    lengths = [np.linalg.norm(flow.tvl1(frames[0], one), axis=-1) for one in frames]
    assert np.argmax([one.mean() for one in lengths]) == 2
    expected = int(np.argmax([one[inside].mean() for one in lengths]))
    assert spotting.by_flow(frames, landmarks(frames)) == expected == 5


def test_windows_are_those_of_a_literal_loop():
    frames = np.random.default_rng(0).integers(0, 256, (11, 12, 12), dtype=np.uint8)
    expected = []
    for start in range(3):
        total = 0.0
        for row, column in itertools.product(range(0, 12, 2), repeat=2):
            volume = frames[start : start + 9, row : row + 2, column : column + 2].astype(float)
            found = np.abs(np.fft.fftn(volume))
            for t, y, x in np.ndindex(9, 2, 2):
                near = [min(k, n - k) for k, n in ((t, 9), (y, 2), (x, 2))]
                total += found[t, y, x] * (np.sqrt(sum(k * k for k in near)) > 3)
        expected.append(total)
    np.testing.assert_allclose(spotting.high_frequencies(frames), expected, rtol=1e-12)
    assert len(set(np.round(expected))) == 3
    at = int(np.argmax(expected)) + 4
    assert spotting.by_frequency(frames, landmarks(frames)) == at


@pytest.mark.parametrize("spotted", SPOTTED)
@pytest.mark.parametrize("count", [1, 2, 9, 20])
def test_nothing_is_spotted_where_nothing_moves(spotted, count):
    frames = clip(np.zeros(count))
    assert spotted(frames, landmarks(frames)) is None
    dark = np.zeros_like(frames)
    assert spotted(dark, np.full((count, 68, 2), -99.0)) is None  # and no landmark in the image


def test_the_onset_is_no_apex():
    frames = clip([0, 1])
    assert spotting.by_flow(frames, landmarks(frames)) == 1
    assert spotting.by_frequency(frames, landmarks(frames)) is None  # one window
