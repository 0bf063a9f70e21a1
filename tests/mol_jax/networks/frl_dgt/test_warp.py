"""The warp against slices, ramps and a literal loop, and what its gradient is made of."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.frl_dgt import displacement_losses as losses
from mol_jax.networks.frl_dgt.motion import for_classifier
from mol_jax.networks.frl_dgt.warp import pixels, warp

SIDE = 17  # (S−1)/2 is 8, by which a float divides exactly
_warp = jax.jit(warp)


def _frames(seed=0, count=2, side=SIDE):
    frames = np.random.default_rng(seed).uniform(-1, 1, (count, side, side))
    return jnp.asarray(frames, jnp.float32)


def _everywhere(x, y, side=SIDE, count=2):
    """The displacement of (x, y) px at every pixel, in grid units."""
    shift = np.asarray([x, y], np.float32) / np.float32((side - 1) / 2)
    return jnp.asarray(np.broadcast_to(shift, (count, side, side, 2)))


def _literal(frame, displacement):
    """Eq 1 pixel by pixel, in Python's floats."""
    side = len(frame)
    warped = np.zeros((side, side))
    for row in range(side):
        for col in range(side):
            x = min(max(col - (side - 1) / 2 * displacement[row, col, 0], 0), side - 1)
            y = min(max(row - (side - 1) / 2 * displacement[row, col, 1], 0), side - 1)
            for i in range(side):
                for j in range(side):
                    tent = max(0, 1 - abs(y - i)) * max(0, 1 - abs(x - j))
                    warped[row, col] += tent * frame[i, j]
    return warped


def test_no_displacement_gives_the_frame_bit_for_bit():
    frames = _frames()
    np.testing.assert_array_equal(_warp(frames, _everywhere(0, 0)), frames)


def test_whole_pixels_are_a_shift_of_a_slice():
    """D = (2, −1) px takes the content two to the right and one up."""
    frames = _frames()
    warped = _warp(frames, _everywhere(2, -1))
    np.testing.assert_array_equal(warped[:, :-1, 2:], frames[:, 1:, :-2])
    assert not np.array_equal(warped, frames)


def test_a_ramp_moves_by_parts_of_a_pixel():
    ramp = np.arange(SIDE, dtype=np.float32)
    frames = np.stack(np.meshgrid(ramp, 3 * ramp))
    warped = _warp(frames, _everywhere(0.3, -0.25))[:, 1:-1, 1:-1]
    moved = np.asarray([-0.3, 3 * 0.25], np.float32)[:, None, None]
    np.testing.assert_allclose(warped, frames[:, 1:-1, 1:-1] + moved, rtol=1e-6)


def test_beyond_the_border_is_the_border():
    frames = _frames()
    warped = _warp(frames, _everywhere(5, 0))
    np.testing.assert_array_equal(warped[:, :, :5], np.repeat(frames[:, :, :1], 5, axis=2))
    far = _warp(frames, _everywhere(-3 * SIDE, -3 * SIDE))
    np.testing.assert_array_equal(far, np.broadcast_to(frames[:, -1:, -1:], far.shape))


def test_it_is_the_literal_double_loop():
    frames, displacement = _frames(side=7), _uniform(7)
    expected = [
        _literal(*both) for both in zip(np.asarray(frames), np.asarray(displacement), strict=True)
    ]
    np.testing.assert_allclose(_warp(frames, displacement), expected, atol=1e-6)


def _uniform(side, seed=1):
    """Displacements in all directions, some of them over the border."""
    values = np.random.default_rng(seed).uniform(-0.7, 0.7, (2, side, side, 2))
    return jnp.asarray(values, jnp.float32)


def test_the_gradient_is_that_of_differences():
    with jax.enable_x64(True):
        frames = jnp.asarray(np.asarray(_frames(side=5)), jnp.float64)
        displacement = jnp.asarray(np.asarray(_uniform(5)), jnp.float64)
        towards = jnp.cos(jnp.arange(frames.size, dtype=jnp.float64)).reshape(frames.shape)

        def along(flat):
            return jnp.sum(towards * warp(frames, flat.reshape(displacement.shape)))

        @jax.jit
        def both(flat):
            steps = 1e-7 * jnp.eye(flat.size, dtype=jnp.float64)
            differences = jax.vmap(lambda step: along(flat + step) - along(flat - step))(steps)
            return jax.grad(along)(flat), differences / 2e-7

        gradient, differences = both(displacement.ravel())
    assert gradient.dtype == jnp.float64
    assert np.abs(gradient).max() > 1
    np.testing.assert_allclose(gradient, differences, atol=1e-6)


def test_the_last_pixel_may_still_move_inwards():
    """A gradient leads away from zero displacement on every border."""
    frames = jnp.asarray(np.tile(np.arange(5.0, dtype=np.float32), (1, 5, 1)))
    of_warped = jax.jit(jax.grad(lambda displacement: warp(frames, displacement).sum()))
    gradient = of_warped(jnp.zeros((1, 5, 5, 2)))[0, :, :, 0]
    assert (np.asarray(gradient) < 0).all()


def test_no_gradient_is_scattered():
    """Neither the warp nor what is behind it scatters, though it gathers: frames are data."""

    def loss(displacement, frames):
        warped = warp(frames, displacement)
        total = losses.reconstruction(warped, frames[::-1]) + losses.magnitude(displacement)
        total += losses.roughness(displacement)
        return total.sum() + jnp.sum(for_classifier(displacement, 1e-6) ** 3)

    for arguments in (0, (0, 1)):
        program = str(jax.make_jaxpr(jax.grad(loss, arguments))(_uniform(5), _frames(side=5)))
        assert "scatter" not in program and "gather[" in program


def test_a_displacement_that_is_no_number_ends_in_none():
    displacement = np.array(_everywhere(0, 0))
    displacement[0, 3, 4, 1] = np.nan
    warped = np.asarray(_warp(_frames(), displacement))
    assert np.isnan(warped[0, 3, 4]) and np.isfinite(warped).sum() == warped.size - 1


@pytest.mark.parametrize("side", [17, 288])
def test_a_grid_unit_is_half_the_image(side):
    assert math.isclose(float(pixels(_everywhere(2.5, 0, side))[0, 0, 0, 0]), 2.5, rel_tol=1e-6)
    assert pixels(jnp.ones((1, side, side, 2)))[0, 0, 0, 1] == (side - 1) / 2


def test_bfloat16_displacements_are_warped_in_float32():
    frames = _frames()
    displacement = _everywhere(0.375, 1).astype(jnp.bfloat16)
    warped = _warp(frames, displacement)
    assert warped.dtype == jnp.float32
    np.testing.assert_array_equal(warped, _warp(frames, displacement.astype(jnp.float32)))
