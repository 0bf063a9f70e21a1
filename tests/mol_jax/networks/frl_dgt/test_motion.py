"""The gate for gradients, and N."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.frl_dgt.motion import for_classifier, gate, normalised


def _motion(seed=0, count=3):
    values = np.random.default_rng(seed).normal(0, 0.02, (count, 6, 6, 2))
    return jnp.asarray(values, jnp.float32)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16])
def test_the_gate_is_the_identity_bit_for_bit(dtype):
    """Where a gradient is taken too, and in which its own is of the same type."""
    x = _motion().astype(dtype)
    passed = jax.jit(gate)(x, jnp.float32(1e-6))
    with_gradient, back = jax.vjp(lambda x: gate(x, jnp.float32(0.3)), x)
    for value in (passed, with_gradient):
        assert value.dtype == dtype
        np.testing.assert_array_equal(value, x)
    (gradient,) = back(x)
    assert gradient.dtype == dtype
    np.testing.assert_allclose(gradient.astype(jnp.float32), 0.3 * x.astype(jnp.float32), rtol=0.01)


@jax.jit
def _gradients(share, dgm_weight):
    """Of a toy of both parts: {"dgm": …, "fusion": …}, L_DGM weighted with `dgm_weight`."""
    x = _motion(1)

    def loss(params):
        displacement = 0.1 * jnp.tanh(params["dgm"] * x)
        seen = for_classifier(displacement, share)
        logits = jnp.sum(params["fusion"] * seen, axis=(1, 2, 3))
        own = jnp.mean(jnp.abs(displacement))
        return jnp.sum(jax.nn.softplus(logits)) + dgm_weight * own

    params = {"dgm": jnp.float32(3), "fusion": jnp.float32(0.7)}
    return jax.grad(loss)(params)


def test_the_gate_lets_a_share_of_the_classifiers_gradient_through():
    """It scales what comes from the classifier and nothing else, and the rest of it as it was."""
    ungated, gated = _gradients(1.0, 0.0), _gradients(jnp.float32(1e-6), 0.0)
    assert abs(ungated["dgm"]) > 1e-3
    np.testing.assert_allclose(gated["dgm"], 1e-6 * ungated["dgm"], rtol=1e-5)
    np.testing.assert_allclose(gated["fusion"], ungated["fusion"], rtol=1e-6)
    own = _gradients(0.0, 1.0)["dgm"]
    assert abs(own) > 1e-3
    np.testing.assert_allclose(_gradients(1e-6, 1.0)["dgm"], own, rtol=1e-4)
    np.testing.assert_allclose(_gradients(1.0, 1.0)["dgm"], own + ungated["dgm"], rtol=1e-4)


def test_the_gates_share_may_differ_between_replicas():
    shares = jnp.asarray([0.25, 1.0])
    both = jax.jit(jax.vmap(jax.grad(lambda share, x: gate(x, share) ** 2, argnums=(0, 1))))
    of_share, of_x = both(shares, jnp.full(2, 3.0))
    np.testing.assert_array_equal(of_x, [1.5, 6.0])
    np.testing.assert_array_equal(of_share, 0)


def test_n_is_of_the_largest_component():
    motion = np.zeros((1, 2, 2, 2), np.float32)
    motion[0, 1, 0] = 0.03, -0.099
    np.testing.assert_allclose(normalised(motion)[0, 1, 0], [0.3, -0.99], rtol=1e-5)


def test_n_is_in_its_range_and_forgets_the_strength():
    motion = _motion()
    strong, weak = normalised(50 * motion), normalised(motion)
    assert 0.9 < np.abs(weak).max() < np.abs(strong).max() <= 1
    np.testing.assert_allclose(strong, weak, atol=0.03)
    assert not np.allclose(for_classifier(50 * motion, 1.0, "none"), motion)


def test_n_looks_at_no_other_clip():
    motion = _motion()
    changed = motion.at[1:].multiply(100)
    np.testing.assert_array_equal(normalised(motion)[0], normalised(changed)[0])
    assert not np.array_equal(normalised(motion)[1], normalised(changed)[1])


def test_n_of_no_motion_is_none_and_so_is_its_gradient_finite():
    still = jnp.zeros((2, 4, 4, 2))
    np.testing.assert_array_equal(normalised(still), still)
    gradient = jax.jit(jax.grad(lambda motion: jnp.sum(normalised(motion))))(still)
    np.testing.assert_allclose(gradient, 1000.0, rtol=1e-5)


def test_the_classifier_sees_what_is_asked_for():
    """N of it or D itself, in float32 whatever it came in."""
    motion = _motion()
    np.testing.assert_array_equal(for_classifier(motion, 1e-6), normalised(motion))
    np.testing.assert_array_equal(for_classifier(motion, 1e-6, "output"), normalised(motion))
    np.testing.assert_array_equal(for_classifier(motion, 1e-6, "none"), motion)
    assert for_classifier(motion.astype(jnp.bfloat16), 1e-6).dtype == jnp.float32
