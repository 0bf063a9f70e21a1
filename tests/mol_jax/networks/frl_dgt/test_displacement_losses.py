"""The losses against literal loops of Eqs 1–4, at rest, and in the units that make them work."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mol_jax.networks.frl_dgt import displacement_losses as losses
from mol_jax.networks.frl_dgt.displacement_losses import Weights
from mol_jax.networks.frl_dgt.warp import pixels, warp
from tests.mol_jax.networks.frl_dgt import bumps


def _case(count=4, side=5, seed=0):
    """A displacement, a warped and a second frame of some pairs."""
    rng = np.random.default_rng(seed)
    displacement = rng.normal(0, 0.1, (count, side, side, 2))
    frames = rng.uniform(-1, 1, (2, count, side, side))
    return tuple(jnp.asarray(x, jnp.float32) for x in (displacement, *frames))


_terms = jax.jit(losses.terms, static_argnames=("clips", "labelled"))


def _literal(displacement, warped, second):
    """Eqs 1 to 3 of one pair, in Python's floats; pixels from 0 to 1 in Eq 1."""
    height, width = warped.shape
    rec = nm = along_x = along_y = 0.0
    for y, x in itertools.product(range(height), range(width)):
        rec += abs((warped[y, x] + 1) / 2 - (second[y, x] + 1) / 2) / (width * height)
        nm += (abs(displacement[y, x, 0]) + abs(displacement[y, x, 1])) / (width * height)
        for axis in range(2):
            if x >= 1:
                along_x += abs(displacement[y, x, axis] - displacement[y, x - 1, axis])
            if y >= 1:
                along_y += abs(displacement[y, x, axis] - displacement[y - 1, x, axis])
    return rec, nm, along_x / (height * (width - 1)) + along_y / (width * (height - 1))


def _plain(displacement, warped, second):
    """L_rec, L_nm and L_sm [4,3] of four pairs."""
    weights = Weights(*np.ones(3, np.float32))
    terms = _terms(displacement, warped, second, weights, clips=4, labelled=4)
    return np.stack([terms["rec"], terms["nm"], terms["sm"]], axis=-1)


def test_they_are_the_literal_loops():
    case = _case()
    expected = [_literal(*map(np.asarray, pair)) for pair in zip(*case, strict=True)]
    np.testing.assert_allclose(_plain(*case), expected, rtol=1e-5)


def test_a_constant_displacement_is_smooth_and_as_large_as_its_components():
    displacement, *frames = _case()
    constant = np.broadcast_to(np.asarray([0.03, -0.05], np.float32), displacement.shape)
    _, size, roughness = _plain(constant, *frames).T
    np.testing.assert_array_equal(roughness, 0)
    np.testing.assert_allclose(size, 0.08, rtol=1e-6)


def _total(displacement, frames, scale=1.0):
    """L_DGM of pairs [N,2,S,S] whose displacement counts `scale` times in Eqs 2 and 3."""
    first, second = frames[:, 0], frames[:, 1]
    smooth = losses.magnitude(scale * displacement), losses.roughness(scale * displacement)
    rec = losses.reconstruction(warp(first, displacement), second)
    return jnp.sum(10 * rec + smooth[0] + 0.2 * smooth[1])


def test_at_rest_loss_and_gradient_are_zero():
    """Onset = apex and D = 0; a displacement that is there has both."""
    frame, still = _case()[1], jnp.zeros((4, 5, 5, 2))
    both = jax.jit(jax.value_and_grad(_total))
    loss, gradient = both(still, jnp.stack([frame, frame], axis=1))
    assert loss == 0
    np.testing.assert_array_equal(gradient, still)
    loss, gradient = both(still + 0.01, jnp.stack([frame, frame], axis=1))
    assert loss > 0 and np.isfinite(gradient).all() and np.abs(gradient).max() > 0


def test_terms_are_weighted_and_each_kind_of_pair_counts_half():
    case = _case()
    alone = _terms(*case, Weights(), clips=4, labelled=4)
    assert set(alone) == {"rec", "nm", "sm"}
    terms = np.stack([alone["rec"], alone["nm"], alone["sm"]], axis=-1)
    weights = np.asarray([10, 1, 0.2], np.float32)
    np.testing.assert_allclose(terms, weights * _plain(*case), rtol=1e-6)
    both = _terms(*case, Weights(), clips=2, labelled=2)
    assert set(both) == {"rec", "nm", "sm", "pair_rec", "pair_nm", "pair_sm"}
    for name, term in alone.items():
        np.testing.assert_allclose(both[name], term[:2] / 2, rtol=1e-6)
        np.testing.assert_allclose(both[f"pair_{name}"], term[2:] / 2, rtol=1e-6)


def test_a_clip_with_many_pairs_has_their_mean():
    """Three labelled pairs and a random one of each of two clips."""
    case = _case(count=8)
    alone = _terms(*case, Weights(), clips=8, labelled=8)
    both = _terms(*case, Weights(), clips=2, labelled=6)
    for name, term in alone.items():
        expected = [term[:3].mean() / 2, term[3:6].mean() / 2]
        np.testing.assert_allclose(both[name], expected, rtol=1e-6)
        np.testing.assert_allclose(both[f"pair_{name}"], term[6:] / 2, rtol=1e-6)


def test_bfloat16_is_counted_in_float32():
    case = _case()
    terms = _terms(*(x.astype(jnp.bfloat16) for x in case), Weights(), clips=4, labelled=4)
    exact = _terms(*case, Weights(), clips=4, labelled=4)
    for name, term in terms.items():
        assert term.dtype == jnp.float32
        np.testing.assert_allclose(term, exact[name], rtol=0.01)


@pytest.fixture(scope="module")
def recovered():
    """Shares of a bump of 0.5 px that a free D has after smooth steps down Eq 4, by their unit."""
    side, steps, spread = 72, 150, 4.0
    frames, motion = jax.jit(lambda key: bumps.pair(key, side, 0.5))(jax.random.key(3))
    frames += 1.5 / 127.5 * np.random.default_rng(0).normal(size=frames.shape).astype(np.float32)
    place = jnp.arange(side, dtype=jnp.float32)
    blur = jnp.exp(-(((place[:, None] - place[None]) / spread) ** 2) / 2)
    blur /= blur.sum(axis=1, keepdims=True)

    @jax.jit
    def share(scale):
        def step(displacement, left):
            gradient = jax.grad(_total)(displacement, frames[None], scale)
            gradient = jnp.einsum("ij,njkc,lk->nilc", blur, gradient, blur)
            rate = 4e-4 * left / jnp.max(jnp.abs(gradient))
            return displacement - rate * gradient, None

        still = jnp.zeros((1, side, side, 2))
        displacement, _ = lax.scan(step, still, 1 - jnp.arange(steps) / steps)
        return jnp.sum(pixels(displacement) * motion[None]) / jnp.sum(motion**2)

    return {"grid units": share(jnp.float32(1)), "pixels": share(jnp.float32((side - 1) / 2))}


def test_in_grid_units_a_bump_is_recovered(recovered):
    assert 0.7 < recovered["grid units"] < 1.3


def test_in_pixels_it_is_not(recovered):
    assert abs(recovered["pixels"]) < 0.05
