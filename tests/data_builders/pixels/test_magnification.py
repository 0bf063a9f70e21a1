"""Changes in the band grow by what the filters let through, and nothing else changes."""

import numpy as np
import pytest

from data_builders.pixels import magnification
from data_builders.pixels.magnification import gains, magnified, to_bytes

RATE, HERTZ = 200, 5  # frames a second, and of the wave: a period of 40 frames
COUNT = 200


def wave(pattern: np.ndarray, hertz: float = HERTZ, count: int = COUNT) -> np.ndarray:
    """Returns grey frames, float, whose brightness has a pattern that swings by one grey level."""
    time = np.arange(count) / RATE
    swings = np.sin(2 * np.pi * hertz * time)[:, None, None] * pattern
    return np.float32(128 + swings)


def stripes(side: int, length: float) -> np.ndarray:
    """Returns waves of so many px across the image, as large as 1."""
    return np.tile(np.cos(2 * np.pi * np.arange(side) / length), (side, 1))


def swing(frames: np.ndarray, pattern: np.ndarray, hertz: float = HERTZ) -> float:
    """Returns by how much the brightness swings along a pattern, over the last two periods."""
    time = np.arange(len(frames))
    along = ((frames - 128) * pattern).sum((1, 2)) / (pattern**2).sum()
    turned = along * np.exp(-2j * np.pi * hertz * time / RATE)
    return 2 * abs(turned[-int(2 * RATE / hertz) :].mean())


def band(hertz: float) -> complex:
    """Returns what the filters make of a wave, y₁ − y₂, by their own formula."""
    turn = np.exp(-2j * np.pi * hertz / RATE)
    return 0.4 / (1 - 0.6 * turn) - 0.05 / (1 - 0.95 * turn)


def response(alpha: float) -> float:
    """Returns by what 1 + alpha (y₁ − y₂) multiplies a wave."""
    return abs(1 + alpha * band(HERTZ))


@pytest.mark.parametrize("alpha", [8, pytest.param(20, marks=pytest.mark.slow)])
def test_a_wave_grows_by_what_the_filters_let_through(alpha):
    """Of waves so long that hardly anything of them is in the levels of which less is added."""
    pattern = stripes(288, 96)
    frames = wave(pattern)
    assert swing(frames, pattern) == pytest.approx(1, rel=1e-3)
    grown = swing(magnified(frames, alpha), pattern)
    assert grown == pytest.approx(response(alpha), rel=0.05)
    assert alpha * 0.7 < response(alpha) < 1 + alpha


@pytest.mark.parametrize("hertz", [1, 50])
def test_what_is_slower_or_quicker_than_the_band_grows_less(hertz):
    """As its filters let it through, whatever share of the pattern each level has."""
    pattern = stripes(72, 18)

    def added(hertz):
        frames = wave(pattern, hertz, count=600)
        return swing(magnified(frames, 8) - frames + 128, pattern, hertz)

    expected = abs(band(hertz) / band(HERTZ))
    assert added(hertz) / added(HERTZ) == pytest.approx(expected, rel=0.01)
    assert expected < 0.6


def test_light_and_noise_do_not_grow():
    light, noise = np.ones((72, 72)), stripes(72, 2)
    for pattern in (light, noise):
        frames = wave(pattern, count=80)
        np.testing.assert_allclose(magnified(frames, 20), frames, atol=0.1)
    middle = stripes(72, 18)
    assert np.abs(magnified(wave(middle, count=80), 20) - wave(middle, count=80)).max() > 5


def test_alpha_0_is_the_identity_and_a_still_clip_keeps_still():
    frames = np.random.default_rng(0).integers(0, 256, (12, 72, 72), dtype=np.uint8)
    np.testing.assert_array_equal(magnified(frames, 0), frames)
    assert np.abs(magnified(frames, 20) - frames).max() > 50
    still = np.repeat(frames[:1], 12, axis=0)
    np.testing.assert_array_equal(to_bytes(magnified(still, 20)), still)
    np.testing.assert_array_equal(to_bytes(magnified(frames[:1], 20)), frames[:1])
    first = magnified(frames, 20)[0]  # where the filters start
    np.testing.assert_array_equal(first, frames[0])


def test_what_comes_later_changes_no_frame():
    frames = np.random.default_rng(1).integers(0, 256, (8, 36, 36), dtype=np.uint8)
    np.testing.assert_array_equal(magnified(frames[:5], 8), magnified(frames, 8)[:5])


def test_a_pyramid_is_put_together_again():
    image = np.random.default_rng(0).uniform(0, 255, (144, 144)).astype(np.float32)
    levels = magnification._pyramid(image)
    assert [len(level) for level in levels] == [144, 72, 36, 18, 9, 5]
    np.testing.assert_allclose(magnification._collapsed(levels), image, atol=1e-3)


def test_gains_are_those_of_the_formula():
    """Of 144 px and alpha 8: δ = 2/9 px, λ = 67.9 px at the coarsest level."""
    found = gains((144, 144), 6, 8)
    wave_of = [67.882 / 2**k for k in (5, 4, 3, 2, 1, 0)]
    expected = [2 * (length / (8 * 2 / 9) - 1) for length in wave_of]
    assert found[0] == found[5] == 0 and expected[2] < 8 < expected[3]
    np.testing.assert_allclose(found[1:5], [expected[1], expected[2], 8, 8], rtol=1e-3)
    assert gains((72, 72), 1, 8) == [0] and min(gains((144, 144), 6, 0.1)) == 0


def test_grey_levels_stay_within_a_byte():
    np.testing.assert_array_equal(
        to_bytes(np.array([-3.0, 0.4, 0.6, 254.7, 300])), [0, 0, 1, 255, 255]
    )
